"""The student's own function is graded, whatever takes its name later in the source."""

import pytest

from assay.protocol import wire

OWN = "def minimize(trick, num_steps=500):\n    return 1\n"
ASKED = (wire.Asked("minimize", ("trick", "num_steps"), 1),)


@pytest.mark.parametrize(
    "later",
    [
        "from scipy.optimize import minimize",
        "from scipy.optimize import *",
        "from scipy.optimize import root as minimize",
        "import scipy.optimize\nminimize = scipy.optimize.minimize",
        "try:\n    from scipy.optimize import minimize\nexcept ImportError:\n    pass",
        "minimize = minimize('trick')",
        "for minimize in range(3): pass",
        "minimize, other = [1.0, 2.0], 3",
        "def plot(axis, image, mask): pass\nminimize = plot",
        "minimize = max",
        "from cvxpy import minimize",
    ],
)
@pytest.mark.parametrize(
    "first", [OWN, "class A:\n    def f(self, trick): return 1\nminimize = A().f\n"]
)
def test_what_takes_the_name_later_is_not_graded(student_of, first, later):
    student = student_of(first, later, "x = 1", interactive=True, asked=ASKED)
    assert student.minimize("trick") == 1
    (note,) = student.notes
    assert note.startswith("`minimize` is defined more than once: cell 0, line ")
    assert "is graded (" in note
    assert "not cell 1, line " in note


@pytest.mark.parametrize(
    "later",
    [
        "def better(name, steps=3): return 2\nminimize = better",
        "minimize = lambda *args, **kwargs: 2",
        "import functools\nminimize = functools.partial(lambda x, trick: 2, 0)",
        "import functools\nold = minimize\n@functools.wraps(old)\ndef minimize(*_): return 2",
        "import torch\nold = minimize\nminimize = torch.no_grad()(lambda trick: old(trick) + 1)",
        "from helper import minimize",
        "from helper import *",
        "class M:\n    def __call__(self, trick, num_steps=1): return 2\nminimize = M()",
    ],
)
def test_a_function_of_the_students_own_replaces_it(student_of, later):
    modules = {"helper": "def minimize(t, n=0): return 2\n"}
    student = student_of(OWN, later, interactive=True, asked=ASKED, modules=modules)
    assert student.minimize("trick") == 2
    assert student.notes == ()


def test_what_is_bound_before_the_definition_that_counts_does_not_count(student_of):
    asked = wire.Asked("minimize", ("trick", "num_steps"), 1, "cell 1", (1, 2))
    own = "def minimize(trick, x0, extra):\n    return 3\n"
    student = student_of(OWN, own, interactive=True, asked=(asked,))
    assert student.minimize("a", 1, 2) == 3


def test_a_library_alone_is_graded_as_it_is(student_of):
    student = student_of("from math import sqrt as minimize\n", asked=ASKED)
    assert student.minimize(4.0) == 2.0


def test_the_students_own_functions_see_the_one_that_is_kept(student_of):
    text = f"{OWN}def path(): return minimize('a')\nfrom scipy.optimize import minimize\n"
    assert student_of(text, asked=ASKED).path() == 1


def test_a_name_that_is_deleted_stays_so(student_of):
    student = student_of(f"{OWN}del minimize\nx = 1\n", asked=ASKED)
    with pytest.raises(Exception, match="no function minimize"):
        student.minimize("a")
