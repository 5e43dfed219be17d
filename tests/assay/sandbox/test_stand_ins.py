"""A submission that plots or shows a progress bar runs where no such library is installed."""

import importlib
import sys

import pytest

from assay.protocol import wire
from assay.sandbox.stand_ins import DISPLAY, Nothing, NotInstalled, StandIn, StandInFinder
from assay.sandbox.student import Student
from assay.verdict import Raised


@pytest.fixture
def stand_ins(monkeypatch):
    """The finder in use here; the modules that it provided are removed afterwards."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, StandInFinder()])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in DISPLAY:
            del sys.modules[name]


def test_a_submission_may_plot_and_show_a_progress_bar(student_of):
    student = student_of(
        "import matplotlib\n"
        "matplotlib.use('Agg')\n"
        "import matplotlib.pyplot as plt\n"
        "from mpl_toolkits.mplot3d import Axes3D\n"
        "from tqdm import tqdm\n"
        "from tqdm.auto import trange\n"
        "from IPython.display import display\n"
        "def f(n):\n"
        "    fig, ax = plt.subplots()\n"
        "    plt.plot([1, 2]); ax.set_title('t'); plt.show(); fig.savefig('x.png'); plt.close()\n"
        "    with plt.style.context('ggplot'):\n"
        "        plt.figure(figsize=(3, 4)).add_subplot(111)\n"
        "    display(fig)\n"
        "    return [k for k in tqdm(range(n), desc='x')] + list(trange(n, leave=False))\n"
    )
    assert student.f(3) == [0, 1, 2, 0, 1, 2]


def test_a_progress_bar_yields_what_it_was_given(stand_ins):
    for name in ("tqdm", "fastprogress", "alive_progress"):
        bar = Nothing(name, "bar")
        assert list(bar("abc", total=3)) == ["a", "b", "c"]
        assert len(bar([1, 2])) == 2
        assert bar(total=3).update(1) is not None
    assert list(Nothing("tqdm", "trange")(2, 8, 3)) == [2, 5]
    assert list(Nothing("tqdm", "tenumerate")("ab")) == [(0, "a"), (1, "b")]


# What students draw with; each line is tried with the real library and with its stand-in.
DRAWING = """
n, bins, patches = plt.hist(x)
(line,) = plt.plot(x); line.set_color("r")
fig, axes = plt.subplots(2, 3); [a.plot(x) for a in axes.flat]; axes[0, 1].set_title("t")
fig, (a, b, c) = plt.subplots(1, 3); a.plot(x); c.set_title("t")
top = plt.ylim()[1] * .5; plt.text(0, max(top, 1), f"{top:.2f} {plt.gcf()}"); int(top)
if plt.ylim()[1] < 5: plt.ylim(0, 5)
colours = plt.get_cmap("jet")(np.linspace(0, 1, 4)); plt.plot(x, color=colours[0])
plt.gcf().canvas.draw(); p = np.asarray(plt.gcf().canvas.buffer_rgba()); p[..., :3]; p.shape
print(matplotlib.__version__); matplotlib.__version__ > "3"; matplotlib.use("Agg")
for axis, k in zip(plt.subplots(1, 3)[1], range(3)): axis.plot(x)
y0, y1 = plt.gca().get_ylim(); plt.ylim(min(y0, 0), max(y1, 1) * 1.1)
z = torch.ones(2) - plt.ylim()[1]; z = np.zeros(2) + plt.ylim()[1]; z.sum()
with plt.style.context("ggplot"): plt.plot(x)
plt.rcParams["figure.dpi"] = 80; plt.rcParams.update({"font.size": 8}); plt.savefig("a.png")
from matplotlib.patches import Rectangle; plt.gca().add_patch(Rectangle((0, 0), 1, 1))
for i in tqdm(range(3)): tqdm.write("x")
assert len(tqdm(range(4))) == 4; assert [i for i in trange(3)] == [0, 1, 2]
bar = tqdm(total=3); bar.update(1); bar.set_postfix(loss=1.0); bar.close()
""".strip().splitlines()
HIDDEN = "import sys; sys.meta_path.insert(0, sys.meta_path.pop())\n"  # stand-ins come first
NEEDED = (
    "import matplotlib, numpy as np, torch\nimport matplotlib.pyplot as plt\n"
    "from tqdm import tqdm, trange\nx = np.arange(4.0)\n"
)


@pytest.mark.parametrize("hidden", ["", HIDDEN], ids=["installed", "not installed"])
def test_a_function_that_draws_and_computes_is_judged_alike_with_and_without_the_library(
    student_of, hidden
):
    functions = "".join(
        f"def f{k}():\n    {line}\n    return {k}\n" for k, line in enumerate(DRAWING)
    )
    student = student_of(hidden + NEEDED + functions)
    assert [getattr(student, f"f{k}")() for k in range(len(DRAWING))] == list(range(len(DRAWING)))
    assert student.notes == ()


@pytest.mark.parametrize("shape", ["(2, 2, 2)", "(7,)", "(1, 2, 3, 4)", "(0,)"])
def test_a_function_may_draw_what_is_no_picture(student_of, shape):
    student = student_of(
        "import matplotlib.pyplot as plt, seaborn as sns, numpy as np\n"
        f"def f():\n    x = np.zeros({shape})\n    plt.imshow(x); sns.heatmap(x)\n"
        "    fig, ax = plt.subplots(); ax.matshow(x); fig.savefig('x.png')\n    return x.size\n"
    )
    assert isinstance(student.f(), int)
    assert student.notes == ()


def test_drawing_at_the_top_level_costs_nothing(student_of):
    text = HIDDEN + NEEDED + "\n".join(f"{line}\n" for line in DRAWING) + "def f(): return 1\n"
    student = student_of(text)
    assert student.f() == 1
    assert student.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "import pandas as pd\nframe = pd.read_csv('x.csv')[['a', 'b']] * 2\n",
        "import torchvision\nfrom torchvision import datasets, transforms as T\n"
        "class Mine(datasets.MNIST):\n    def __getitem__(self, i): return i\n"
        "data = Mine('.', transform=T.Compose([T.ToTensor()]), download=True)\n",
        "from google.colab import drive\ndrive.mount('/content/drive')\n",
        "import wandb, cv2, no_such_package.at.all as n\nwandb.init(project='x')\n@n.logged\n"
        "def h(): return 1\nassert h() == 1\n@n.jit(fast=True)\n"
        "def k(): return 2\nassert k() == 2\n",
        "from sklearn.model_selection import train_test_split as t\na, b, *c = t([1, 2])\n"
        "def g(x: t | None = None): return x\nassert not isinstance(1, a)\n",
        "from torch.utils.tensorboard import SummaryWriter\n",
    ],
)
def test_a_package_that_is_not_here_costs_nothing_at_the_top_level(student_of, text):
    student = student_of(text + "def f(): return 7\n")
    assert student.f() == 7
    assert student.notes == ()


def test_what_numba_would_compile_runs_as_it_stands(student_of):
    text = """
from numba import jit, njit, prange
@njit(cache=True, parallel=True)
def total(n):
    made = 0
    for i in prange(n):
        made += i
    return made
@njit("int64(int64)")
def twice(x): return 2 * x
@jit
def f(n): return twice(total(n))
"""
    assert student_of(text).f(4) == 12


@pytest.mark.parametrize(
    "body",
    [
        "return pd.Series(x).mean()",
        "return [1.0, pd.Series(x)]",
        "return float(pd.Series(x).mean())",
        "return torch.tensor(pd.Series(x).values)",
        "return [row for row in pd.DataFrame(x)]",
        "return 1 if pd.isna(x) else 2",
        "return torch.zeros(len(pd.Series(x)))",
        "return np.asarray(pd.Series(x)) + 1",
        "return torch.ones(2)[pd.Series(x)]",
    ],
)
def test_an_answer_that_needs_a_package_that_is_not_here_says_so(student_of, body):
    text = f"import numpy as np, torch, pandas as pd\ndef f(x):\n    {body}\n"
    with pytest.raises(Raised, match="pandas is not installed on this machine"):
        student_of(text).f([1.0])


def test_what_a_missing_package_only_records_changes_no_answer(student_of):
    body = "    wandb.log({'x': x})\n    t = wandb.Table(x) * 2\n    return x\n"
    assert student_of(f"import wandb\ndef f(x):\n{body}").f(3) == 3


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import jax.numpy as np\nexcept ImportError:\n    import numpy as np\n",
        "try:\n    from cupy import array as np\nexcept Exception:\n    import numpy as np\n",
        "try:\n    import google.colab\n    np = None\nexcept:\n    import numpy as np\n",
    ],
)
def test_an_import_that_may_fail_fails(student_of, text):
    assert student_of(text + "def f(): return float(np.ones(2).sum())\n").f() == 2.0


def test_a_stand_in_claims_no_protocol():
    with pytest.raises(AttributeError):
        Nothing("pandas").__await__  # noqa: B018
    with pytest.raises(AttributeError):
        StandIn("tqdm").__file__  # noqa: B018
    with pytest.raises(NotInstalled):
        float(Nothing("pandas"))


@pytest.mark.parametrize("name", ["torch", "numpy", "pandas", "reference", "tqdmx"])
def test_what_is_not_for_display_is_stood_in_for_in_a_students_file_only(name):
    assert StandInFinder().find_spec(name, None) is None


def test_an_installed_library_wins_over_its_stand_in(stand_ins, tmp_path, monkeypatch):
    (tmp_path / "plotly.py").write_text("REAL = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.import_module("plotly").REAL == 1


@pytest.mark.parametrize(
    ("name", "meant"),
    [("matplotlb.pyplot", "matplotlib"), ("nunpy", "numpy"), ("helprs", "helpers")],
)
def test_a_misspelt_import_fails_and_the_message_of_the_call_leads_to_it(student_of, name, meant):
    text = f"import {name} as m\ndef f(): return m.g()\n"
    with pytest.raises(Raised) as caught:
        student_of(text, modules={"helpers": "def g(): return 1\n"}).f()
    top = name.partition(".")[0]
    assert f"line 1 was skipped: ModuleNotFoundError: No module named '{top}'" in str(caught.value)
    assert f"is '{meant}' meant?" in str(caught.value)


ASKS = """
import yaml
import numpy as np
import math, helper
try:
    import pytest
except ImportError:
    pytest = None

def f():
    return [float(np.sqrt(4)), helper.X, pytest is None]

def g():
    return yaml.safe_load("3")

def h():
    import yaml
    return yaml.safe_load("3")
"""


@pytest.mark.parametrize("packages", [None, ("yaml",), ()])
def test_a_package_that_the_course_does_not_list_counts_as_not_installed(sandbox, packages):
    source = wire.Load(
        "p", (wire.Cell("p.py", ASKS),), False, {"helper": "X = 1"}, {}, packages=packages
    )
    student = Student(sandbox, source, "", 0)
    try:
        assert student.f() == [2.0, 1, packages is not None]
        for name in ("g", "h"):
            if packages == ():
                with pytest.raises(Raised, match="yaml"):
                    getattr(student, name)()
            else:
                assert getattr(student, name)() == 3
    finally:
        student.close()
