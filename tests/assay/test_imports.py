"""Which files of a package a module is made of."""

from assay.imports import excerpt, imported_by

FILES = {
    "__init__.py": "",
    "top.py": "from kit.inner import near\nimport kit.far\nimport json\n",
    "far.py": "if TYPE_CHECKING:\n    from kit import unseen\n",
    "unseen.py": "",
    "inner/__init__.py": "",
    "inner/near.py": "def f():\n    from . import late\n    from ..far import x\n",
    "inner/late.py": "",
    "inner/other.py": "",
}


def test_a_module_is_made_of_what_it_imports_in_any_depth_but_for_type_checkers(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = {str(path.relative_to(tmp_path)) for path in imported_by("top", tmp_path, "kit")}
    assert found == FILES.keys() - {"unseen.py", "inner/other.py"}


CHECKS = '''"""A problem."""
from __future__ import annotations
import torch
from hypothesis import strategies as st
from assay import Kinds, check, finite
from .inner import FACTOR, OTHER

points = st.integers()
kinds = Kinds()
Net = int

def helper(x):
    return FACTOR * x

@kinds.add
def maker(points: Net):
    return lambda x: helper(x) + points

@check(points=1)
def a_check(student):
    """a property"""
    finite(student.f(kinds.of("maker", points=1)), (), "f")
'''


def test_an_excerpt_has_the_makers_and_what_they_use_and_no_check():
    text = excerpt(CHECKS, "kinds")
    assert "def maker" in text
    assert "def helper" in text
    assert "from .inner import FACTOR\n" in text
    assert "from assay import Kinds\n" in text
    assert "Net = int" in text
    assert not any(word in text for word in ("a_check", "hypothesis", "OTHER", "finite", "torch"))


def test_an_excerpt_imports_what_it_needs_of_its_package(tmp_path):
    for name in ("__init__", "inner", "unused", "problem1_x"):
        (tmp_path / f"{name}.py").write_text("")
    found = imported_by("problem1_x", tmp_path, "graders", excerpt(CHECKS, "kinds"))
    assert {path.name for path in found} == {"__init__.py", "inner.py"}
