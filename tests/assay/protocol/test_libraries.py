"""Which names of modules a submission may use for its own files."""

from __future__ import annotations

import pytest

from assay.protocol.libraries import GIVEN_UP, LIBRARIES


def test_no_library_has_loaded_what_is_given_up(student_of):
    text = "import sys\nLOADED = sorted(name.partition('.')[0] for name in sys.modules)\n"
    loaded = set(student_of(text + "def f(): return ' '.join(LOADED)\n").f().split())
    assert {"sys", "torch"} <= loaded & LIBRARIES
    assert not loaded & GIVEN_UP


@pytest.mark.parametrize("name", sorted(GIVEN_UP))
def test_a_students_own_file_of_that_name_is_found(student_of, name):
    text = f"from {name} import mine\ndef f(): return mine()\n"
    student = student_of(text, modules={name: "def mine(): return 3\n"})
    assert student.f() == 3
    assert student.notes == ()
