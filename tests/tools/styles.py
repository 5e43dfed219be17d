"""Changes of style that keep an answer as correct or as incorrect as it was, made on syntax trees.

Each function takes a problem's tree, its graded functions and a source of chance, and changes the
tree in place. They imitate what students write around the mathematics: own names, prints, progress
bars, plots, experiments when the file runs, other types of numbers, code for a GPU.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from random import Random

Change = Callable[[ast.Module, Collection[str], Random], None]

LISTS = """
import torch
def _out(value):
    if isinstance(value, tuple):
        return tuple(map(_out, value))
    return value.tolist() if isinstance(value, torch.Tensor) else value
"""
ARRAYS = LISTS.replace("value.tolist()", "value.detach().numpy()")
FLOATS = LISTS.replace(
    "value.tolist() if isinstance(value, torch.Tensor)",
    "value.float() if isinstance(value, torch.Tensor) and value.is_floating_point()",
)
DEVICE = """
import torch
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
def _out(value):
    return value.to(device) if isinstance(value, torch.Tensor) else value
"""
# What stands at the top of a file or in cells of their own. None of it is needed by an answer.
AROUND = {
    "plots": """
import matplotlib.pyplot as plt
from matplotlib import cm
fig, axes = plt.subplots(2, 3)
(line,) = axes[0, 0].plot([1, 2, 3])
n, bins, patches = plt.hist([1.0, 2.0, 2.5])
plt.ylim(0, plt.ylim()[1] * 1.5)
for ax in axes.flat:
    ax.set_xticks([])
colour = cm.viridis(0.3)
print(f"{colour} {len(patches)}")
plt.savefig("figure.png")
plt.show()
""",
    "libraries": """
import pandas as pd
import seaborn as sns
import wandb
from torchvision import datasets, transforms
sns.set_theme()
table = pd.DataFrame({"x": [1, 2]})
table.to_csv("table.csv")
wandb.init(project="hw10")
data = datasets.MNIST("./data", download=True, transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
for images, labels in loader:
    print(images.shape)
    break
""",
    "training": """
network = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
for epoch in range(10**9):
    optimiser.zero_grad()
    loss = network(torch.randn(64, 8)).square().mean()
    loss.backward()
    optimiser.step()
""",
    "gpu": """
network = torch.nn.Linear(4, 4).cuda()
batch = torch.zeros(3, 4, device="cuda")
print(network(batch).sum().item())
""",
    "command line": """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-3)
args = parser.parse_args()
print(args.lr)
""",
    "input": """
name = input("your name? ")
print("hello", name)
""",
    "a check that fails": """
assert abs(torch.rand(3).mean() - 7) < 1e-9, "todo"
""",
    "missing data": """
weights = torch.load("checkpoints/epoch_9.pt", map_location="cpu")
print(weights.keys())
""",
    "seeds": """
import random
import numpy as np
torch.manual_seed(0)
np.random.seed(0)
random.seed(0)
torch.set_default_dtype(torch.float64)
torch.set_default_dtype(torch.float32)
""",
}
IN_NOTEBOOKS = {
    "magics": "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!pip install torchvision\n",
    "drive": 'from google.colab import drive\ndrive.mount("/content/drive")\n',
    "timing": "%%time\nprint(sum(torch.rand(10)))\n",
    "time of a line": "%timeit -n 3 torch.rand(10)\n",
    "display": "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))\n_ = In\n",
}


def own_helpers(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Rename the file's own helpers."""
    mine = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)} - {*graded}
    names = {name: f"my{name}_{dice.randrange(10)}" for name in mine}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.name = names[node.name]
        elif isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]


def own_locals(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Rename the local variables of each top-level function."""
    suffix = dice.choice(["_", "0", "_t", "_val"])
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        stored = {
            n.id
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        stored -= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
        stored -= {n.name for n in ast.walk(function) if isinstance(n, ast.FunctionDef)}
        stored -= {
            n for each in ast.walk(function) if isinstance(each, ast.Global) for n in each.names
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in stored:
                node.id += suffix


def bare(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Leave out docstrings and annotations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for each in (*node.args.args, *node.args.kwonlyargs):
                each.annotation = None
            if ast.get_docstring(node) and len(node.body) > 1:
                node.body = node.body[1:]


def prints(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Print at the start of each function, and take the time."""
    for function in _functions(tree, graded):
        function.body[:0] = ast.parse(f"print('{function.name}', 'starts')").body


def progress(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Show a progress bar in every loop over a range."""
    style = dice.choice(["tqdm", "tqdm.auto", "tqdm.notebook"])
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and ast.unparse(node.iter).startswith("range("):
            node.iter = ast.parse(f"tqdm({ast.unparse(node.iter)}, leave=False)").body[0].value
    _after_imports(tree, f"from {style} import tqdm")


def lists(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Return lists in place of tensors."""
    _returning(tree, graded, LISTS)


def arrays(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Return NumPy arrays in place of tensors."""
    _returning(tree, graded, ARRAYS)


def floats(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Return float32."""
    _returning(tree, graded, FLOATS)


def device(tree: ast.Module, graded: Collection[str], dice: Random) -> None:
    """Move every answer to the device that there is."""
    _returning(tree, graded, DEVICE)


# Not both of one line for a file: each of the second kind wraps the returned values.
CHANGES: tuple[Change, ...] = (own_helpers, own_locals, bare, prints, progress)
RESULTS: tuple[Change, ...] = (lists, arrays, floats, device)


def _functions(tree: ast.Module, names: Collection[str]) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield node


def _returning(tree: ast.Module, graded: Collection[str], helper: str) -> None:
    """Pass what the graded functions return through `_out`, but for those that others call."""
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for function in _functions(tree, {*graded} - used):
        for node in _own_returns(function):
            node.value = ast.Call(ast.Name("_out", ast.Load()), [node.value], [])
    _after_imports(tree, helper)


def _own_returns(node: ast.AST) -> Iterator[ast.Return]:
    """The returns of a function itself, not of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return) and child.value is not None:
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_returns(child)


def _after_imports(tree: ast.Module, text: str) -> None:
    places = [k for k, n in enumerate(tree.body) if isinstance(n, ast.Import | ast.ImportFrom)]
    place = max(places, default=-1) + 1
    tree.body[place:place] = ast.parse(text).body
