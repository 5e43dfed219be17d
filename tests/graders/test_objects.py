"""The given flow is a density, it restores a digit, and the course's checkpoint can replace it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from places import ROOT
from safetensors.torch import load_file

from assay.homework import find
from graders import objects
from graders.evidence.digits import corrupted_digit, digits
from student_template.nice_flow import NICE, load_flow


@pytest.fixture(scope="module")
def given_flow():
    """The flow with the weights that students are given."""
    return objects.flow(find().material_paths()["flow"])


def held_out():
    """The held-out digits (N, 784) with dequantisation noise, as in the training of the flow."""
    noise = torch.rand(len(digits()), 784, generator=torch.Generator().manual_seed(0)) / 256
    return digits().reshape(-1, 784).float() + noise


def test_a_generator_starts_at_its_seed():
    one, again, other = (objects.build(objects.of("generator", seed=seed)) for seed in (1, 1, 2))
    drawn = [torch.rand(3, generator=source).tolist() for source in (one, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_bent_gradient_is_that_of_the_function_it_states():
    A = torch.tensor([[2.0, 0.5], [0.5, 1.0]]).double()
    b, center = torch.tensor([[1.0, -2.0], [3.0, 40.0]]).double()
    gradient = objects.build(objects.of("bent_gradient", A=A, b=b, center=center, bend=2.0))
    z = torch.tensor([3.5, 39.0]).double().requires_grad_()
    x = z - center
    value = x @ A @ x / 2 - b @ x + 2 * x.cosh().log().sum()
    assert torch.allclose(gradient(z.detach()), torch.autograd.grad(value, z)[0], rtol=1e-12)


def test_a_mixture_is_one_of_gaussians_with_the_stated_precision():
    mean, precision, spread = (torch.tensor([value]).double() for value in (0.25, 4.0, 3.0))
    given = {"mean": mean, "precision": precision, "spread": spread}
    log_prob = objects.build(objects.of("mixture_log_prob", **given))
    x = torch.linspace(-2, 3, 50).double()
    peaks = [torch.distributions.Normal(0.25 + side * 3 / 4, 0.5) for side in (-1, 1)]
    expected = torch.logaddexp(*(peak.log_prob(x) for peak in peaks))
    off = log_prob(x[:, None]) - expected
    assert float(off.max() - off.min()) < 1e-9


def test_held_out_digits_are_likely(given_flow):
    assert float(given_flow.log_prob(held_out()).mean()) >= 1_700  # nats


def test_inverse_undoes_forward_and_the_log_determinant_is_that_of_the_jacobian():
    flow = NICE(dim=6, width=8, hidden=2, couplings=4).double().requires_grad_(False)
    with torch.no_grad():
        flow.scaling.scale.copy_(torch.linspace(-1, 1, 6))
    x = torch.randn(1, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    z = flow(x)
    assert torch.allclose(flow.inverse(z), x, rtol=1e-12, atol=1e-12)
    J = torch.autograd.functional.jacobian(lambda v: flow(v), x).reshape(6, 6)
    prior = -(torch.nn.functional.softplus(z) + torch.nn.functional.softplus(-z)).sum()
    expected = prior + torch.linalg.slogdet(J)[1]
    assert math.isclose(float(flow.log_prob(x)), float(expected), rel_tol=1e-12)


def test_the_stored_files_are_small_and_name_the_source_of_the_digits():
    folder = ROOT / "student_template"
    assert (folder / "nice.safetensors").stat().st_size <= 6 * 2**20
    with np.load(folder / "digits.npz") as file:
        assert file["images"].dtype == np.uint8
        assert file["images"].shape[1:] == (28, 28)
        assert "CC BY-SA" in str(file["source"])


def test_inpainting_is_nearer_to_the_digit_than_the_white_hole(reference_inpaint, given_flow):
    errors = []
    for index in range(0, 20, 4):
        original, image, mask = corrupted_digit(index)
        restored = reference_inpaint(given_flow.log_prob, image, mask)
        errors.append([float((p - original)[~mask].square().mean()) for p in (image, restored)])
    before, after = np.mean(errors, axis=0)
    assert after < before / 3


@pytest.fixture
def reference_inpaint():
    """The `inpaint` of the reference."""
    from assay.commands.verify import cases

    source = next(iter(cases(find()))).submission.source("problem3_inpainting", ())
    namespace: dict = {}
    exec(source.cells[0][1], namespace)
    return namespace["inpaint"]


@pytest.fixture(scope="module")
def course_checkpoint(tmp_path_factory):
    """A checkpoint of the course's shape: 784, width 1000, 5 hidden layers, 4 couplings."""
    flow = NICE(dim=784, width=1000, hidden=5, couplings=4)
    path = tmp_path_factory.mktemp("flow") / "nice.pt"
    torch.save(flow.state_dict(), path)
    return path


def test_the_courses_checkpoint_can_be_loaded(course_checkpoint):
    flow = load_flow(course_checkpoint)
    keys = set(flow.state_dict())
    assert {
        "coupling.3.in_block.0.weight",
        "coupling.0.mid_block.3.0.weight",
        "coupling.1.out_block.weight",
        "scaling.scale",
    } <= keys
    assert flow.log_prob(held_out()[:2]).shape == (2,)


def test_an_incomplete_checkpoint_is_rejected_naming_what_is_missing(course_checkpoint, tmp_path):
    state = torch.load(course_checkpoint, weights_only=True)
    del state["coupling.2.out_block.weight"]
    torch.save(state, tmp_path / "nice.pt")
    with pytest.raises(ValueError, match=r"coupling\.2\.out_block\.weight"):
        load_flow(tmp_path / "nice.pt")


def test_a_checkpoint_that_would_run_code_is_rejected_without_running_it(tmp_path):
    class Payload:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

    torch.save({"scaling.scale": Payload()}, tmp_path / "nice.pt")
    with pytest.raises(ValueError):
        load_flow(tmp_path / "nice.pt")
    assert not (tmp_path / "ran").exists()


def test_the_student_is_given_the_flow_that_replaces_ours(grader, course_checkpoint, tmp_path):
    from assay.grading.grader import Grader
    from assay.submission import read

    source = tmp_path / "flow.py"
    source.write_text(
        "import torch\ndef inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):\n"
        "    raise ValueError(float(log_prob(torch.zeros(1, 784))))\n"
    )
    messages = []
    for flow in (None, course_checkpoint):
        with Grader(
            only="inpaint_restores_a_digit", homework=find().with_materials({"flow": flow})
        ) as other:
            messages.append(other.judge(read(source)).checks[-1].message.splitlines()[0])
    assert messages[0] != messages[1]
    assert all(line.startswith("ValueError: ") for line in messages)


def test_the_weights_are_stored_in_float16():
    stored = load_file(ROOT / "student_template" / "nice.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
