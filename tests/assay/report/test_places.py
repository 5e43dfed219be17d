"""An annotation points at the function that a check is about, in the file where it is graded."""

from __future__ import annotations

import ast
import json
import zipfile

import pytest
from places import ROOT

from assay.checks import named_in
from assay.homework import find
from assay.report.places import Place, places
from assay.submission import read

MODULE = "problem2_projection"
TEXT = (ROOT / "reference" / f"{MODULE}.py").read_text("utf-8")
ABOUT_BOTH = "estimators_leave_their_arguments_alone"  # of functions that a helper elsewhere names
FUNCTIONS = find().functions_of(MODULE)


def line_of(function, text=TEXT):
    """The line of a function, decorators left out."""
    return 1 + next(
        k for k, row in enumerate(text.split("\n")) if row.startswith(f"def {function}(")
    )


def places_in(folder):
    """The places of problem 2's checks in a submission, by the check's name."""
    homework = find()
    checks = homework.checks_of(MODULE)
    found = places(checks, read(folder, homework), homework)
    return {check.name: found.get(check.id) for check in checks}


@pytest.mark.parametrize("module", find().problem_modules())
def test_the_checks_of_a_problem_name_all_of_its_functions(module):
    homework = find()
    named = {check: homework.functions_named_by(check) for check in homework.checks_of(module)}
    assert {name for names in named.values() for name in names} == homework.functions_of(module)
    assert [c.name for c, names in named.items() if not names] in ([], [ABOUT_BOTH])


def test_names_are_found_in_order_through_helpers_and_constants():
    tree = ast.parse(
        "FOURTH = 'fourth'\n"
        "def help(student): return student.third()\n"
        "def other(student): return student.never()\n"
        "def it(student, f):\n"
        "    first = student.each('first', student.second())\n"
        "    return f.student.no() + ask(student, FOURTH) + help(student)\n"
    )
    assert named_in(tree, "it") == ("each", "first", "second", "fourth", "third")
    assert named_in(tree, "absent") == ()


def test_each_check_points_at_the_function_that_it_names_first(tmp_path):
    (tmp_path / f"{MODULE}.py").write_text(TEXT, "utf-8")
    found = places_in(tmp_path)
    file = f"{MODULE}.py"
    assert found["project_lands_in_the_set"] == Place(file, line_of("project"))
    lines = {place.line for place in found.values()}
    assert lines == {line_of(function) for function in FUNCTIONS}


def test_the_file_may_lie_deeper_and_have_another_name(tmp_path):
    (tmp_path / "hw 10" / "src").mkdir(parents=True)
    (tmp_path / "hw 10" / "src" / "p2.py").write_text(f"# mine\n\n{TEXT}", "utf-8")
    place = places_in(tmp_path)["project_lands_in_the_set"]
    assert place == Place("hw 10/src/p2.py", line_of("project") + 2)


def test_the_definition_that_is_graded_counts_not_an_unwritten_one(tmp_path):
    stub = "def project(y, a):\n    raise NotImplementedError\n\n\n"
    (tmp_path / f"{MODULE}.py").write_text(stub + TEXT, "utf-8")
    place = places_in(tmp_path)["project_lands_in_the_set"]
    assert place.line == line_of("project") + stub.count("\n")


def test_a_function_that_is_not_written_yet_has_a_place(tmp_path):
    template = (ROOT / "student_template" / f"{MODULE}.py").read_text("utf-8")
    (tmp_path / f"{MODULE}.py").write_text(template, "utf-8")
    place = places_in(tmp_path)["project_lands_in_the_set"]
    assert place == Place(f"{MODULE}.py", line_of("project", template))


def test_a_notebook_has_no_lines(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": TEXT}
    body = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "hw10.ipynb").write_text(json.dumps(body), "utf-8")
    assert {*places_in(tmp_path).values()} == {Place("hw10.ipynb", 0)}


def test_without_a_file_there_is_no_place(tmp_path):
    (tmp_path / "problem3_inpainting.py").write_text("x = 1\n", "utf-8")
    assert {*places_in(tmp_path).values()} == {None}


def test_an_archive_has_the_places_of_its_members(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"hw/{MODULE}.py", TEXT)
    assert places_in(tmp_path / "a.zip")["project_lands_in_the_set"].file == f"hw/{MODULE}.py"
