"""A submission that plots or shows a progress bar runs where no such library is installed."""

import importlib
import importlib.util
import sys

import pytest

from assay.sandbox.stand_ins import NAMES, Nothing, StandIn, StandInFinder

INSTALLED = {name for name in NAMES if importlib.util.find_spec(name)}


@pytest.fixture
def stand_ins(monkeypatch):
    """The finder in use here; the modules that it provided are removed afterwards."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, StandInFinder()])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in NAMES:
            del sys.modules[name]


def test_a_submission_may_plot_and_show_a_progress_bar(hand_in):
    student = hand_in(
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


@pytest.mark.skipif("tqdm" in INSTALLED, reason="the real one is installed")
def test_a_progress_bar_yields_what_it_was_given(stand_ins):
    tqdm = importlib.import_module("tqdm")
    assert list(tqdm.tqdm("abc", total=3)) == ["a", "b", "c"]
    assert list(tqdm.trange(2, 8, 3)) == [2, 5]
    with tqdm.tqdm(total=3) as bar:
        assert bar.update(1) is bar


@pytest.mark.skipif("matplotlib" in INSTALLED, reason="the real one is installed")
def test_every_use_of_a_stand_in_is_nothing_again(stand_ins):
    plt = importlib.import_module("matplotlib.pyplot")
    nothing = plt.anything.at.all(1, x=2)[3]
    assert isinstance(nothing, Nothing)
    assert len(tuple(plt.subplots())) == 2
    nothing["key"] = 4


def test_a_stand_in_claims_no_protocol():
    with pytest.raises(AttributeError):
        Nothing().__array__  # noqa: B018
    with pytest.raises(AttributeError):
        StandIn("tqdm").__file__  # noqa: B018
    with pytest.raises(TypeError):
        float(Nothing())


@pytest.mark.parametrize("name", ["torch", "numpy", "reference", "tqdmx", "no_such_module"])
def test_no_other_module_is_stood_in_for(name):
    assert StandInFinder().find_spec(name, None) is None


def test_an_installed_library_wins_over_its_stand_in(stand_ins, tmp_path, monkeypatch):
    (tmp_path / "plotly.py").write_text("REAL = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.import_module("plotly").REAL == 1


def test_a_misspelt_import_still_fails(hand_in):
    from assay.verdict import Raised

    with pytest.raises(Raised, match="No module named 'matplotlb'"):
        hand_in("import matplotlb.pyplot as plt\ndef f(): return 1\n").f()
