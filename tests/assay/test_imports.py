"""Which files of a package a module is made of."""

from assay.imports import imported_by

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
