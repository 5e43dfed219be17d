"""Which packages a course allows, by the names under which students import them."""

from __future__ import annotations

import pytest

from assay.batch.packages import imports_of, kit_packages, read_packages
from assay.errors import InvalidInput

TEXT = """
# what the course allows
PyYAML>=6 ; python_version > "3.8"   # settings
some-package[extra] == 1.0
--index-url https://example.org
other @ https://example.org/other.zip
"""


def test_a_list_is_read_by_the_names_of_imports(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text(TEXT)
    assert {"yaml", "some_package", "other"} <= {*read_packages(path)}
    path.write_text("")
    assert read_packages(path) == ()


@pytest.mark.parametrize("row", ["-r other.txt", "-e .", "two words", "https://example.org/x.zip"])
def test_a_line_that_is_no_package_is_named(tmp_path, row):
    path = tmp_path / "requirements.txt"
    path.write_text(f"numpy\n{row}\n")
    with pytest.raises(InvalidInput, match="line 2"):
        read_packages(path)


def test_what_the_kit_needs_is_always_allowed():
    assert {"numpy", "torch", "scipy", "sympy", "mpmath", "msgspec"} <= kit_packages()
    assert "no_such_package" not in kit_packages()


def test_a_package_with_another_name_than_its_import_is_known():
    assert "yaml" in imports_of(["pyyaml"])
    assert imports_of(["not-installed-anywhere"]) == {"not_installed_anywhere"}
