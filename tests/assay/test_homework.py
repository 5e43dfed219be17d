"""A homework is found in any folder, and two of them do not disturb each other."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from assay.errors import InvalidHomework, InvalidInput
from assay.homework import find, load

DESCRIPTION = """
from assay import Homework, Material, Section

homework = Homework(
    title="{title}",
    sections=(Section(name="figures", file="figures.toml", heading="Reported figures"),),
    modules=("given",),
    data=("table.txt",),
    materials=(Material(name="table", file="table.txt", help="Another table.", check="it:check"),),
    objects="it",
)
"""
OBJECTS = """
from pathlib import Path
from assay import Kinds
from .inner import FACTOR

kinds = Kinds()

@kinds.add
def times(slope):
    return lambda x: FACTOR * slope * x

@kinds.add_from_material("table")
def first_word(path):
    return path.read_text().split()[0]

def check(path):
    if not path.read_text().strip():
        raise ValueError("the table is empty")
"""
PROBLEM = '''
from assay import check, expect

@check(points=3, part="a")
def {name}_is_kept(student):
    """{name} is kept by the function"""
    expect(student.keep({name!r}) == {name!r}, "it is not kept")
'''
FIGURES = '''
from assay import check

@check(points=0)
def a_figure(student):
    """a figure is reported"""
'''


@pytest.fixture
def make(tmp_path):
    """Makes a small homework in a folder of its own."""

    def homework(name, factor=1):
        folder = tmp_path / name
        (folder / "graders").mkdir(parents=True)
        (folder / "student_template").mkdir()
        for file, text in {
            "graders/__init__.py": "",
            "graders/homework.py": DESCRIPTION.format(title=name),
            "graders/it.py": OBJECTS,
            "graders/inner.py": f"FACTOR = {factor}",
            "graders/problem10_late.py": PROBLEM.format(name="late"),
            "graders/problem2_early.py": PROBLEM.format(name="early"),
            "graders/figures.py": FIGURES,
            "student_template/problem2_early.py": "def keep(x):\n    raise NotImplementedError\n",
            "student_template/given.py": "GIVEN = 1\n",
            "student_template/table.txt": "one two",
        }.items():
            (folder / file).write_text(text)
        return load(folder)

    yield homework
    for name in [name for name in sys.modules if name.startswith("assay_homework_")]:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_two_homeworks_in_one_process_do_not_disturb_each_other(make):
    one, other = make("one", factor=2), make("other", factor=3)
    assert one.package != other.package
    for homework, value in ((one, 14), (other, 21)):
        kinds = homework.kinds()
        assert kinds.build(kinds.of("times", slope=7))(1) == value
    assert one.title == "one"


def test_problems_come_by_number_then_the_sections_beside_them(make):
    homework = make("one")
    assert homework.check_modules() == ["problem2_early", "problem10_late", "figures"]
    assert [c.id for c in homework.checks()] == [
        "problem2.early_is_kept",
        "problem10.late_is_kept",
        "figures.a_figure",
    ]
    assert homework.functions_of("problem2_early") == {"keep"}
    assert homework.functions_of("problem10_late") == frozenset()
    assert homework.heading("figures") == "Reported figures"
    assert homework.heading("problem10") == "Problem 10"


def test_a_material_is_replaced_by_a_file_that_its_check_accepts(make, tmp_path):
    homework = make("one")
    kinds = homework.kinds()
    word = kinds.of("first_word")
    assert kinds.build(word, homework.material_paths()) == "one"
    (tmp_path / "mine.txt").write_text("three four")
    replaced = homework.with_materials({"table": tmp_path / "mine.txt"})
    assert kinds.build(word, replaced.material_paths()) == "three"
    assert tmp_path / "mine.txt" in replaced.readable()
    assert homework.with_materials({"table": None}) == homework


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("table", " ", "the table is empty"), ("chart", "x", "no material called 'chart'")],
)
def test_an_unusable_material_is_refused(make, tmp_path, name, content, says):
    (tmp_path / "mine.txt").write_text(content)
    with pytest.raises(InvalidInput, match=says):
        make("one").with_materials({name: tmp_path / "mine.txt"})


def test_a_missing_material_is_refused(make):
    with pytest.raises(InvalidInput, match="nowhere"):
        make("one").with_materials({"table": Path("nowhere.txt")})


def test_an_unknown_kind_of_object_is_refused_with_the_known_ones(make):
    with pytest.raises(InvalidHomework, match=r"'plus'; there are: first_word, times"):
        make("one").kinds().of("plus")


def test_a_folder_without_a_homework_is_refused(tmp_path):
    with pytest.raises(InvalidHomework, match="holds no homework"):
        load(tmp_path)


def test_a_description_that_is_something_else_is_refused(make, tmp_path):
    make("one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "graders" / "homework.py").write_text("homework = {}\n")
    with pytest.raises(InvalidHomework, match="is not a Homework"):
        load(tmp_path / "two")


def test_homework_10_is_found_and_is_the_same_each_time():
    assert find() is find() or find() == find()
    assert find().title == "Homework 10"
    assert find().template_folder.is_dir()


def test_the_names_of_checks_are_read_off_the_source_as_they_are_imported():
    homework = find()
    for check in homework.checks():
        for name in (check.name, check.id, check.section, check.module, f"{check.module}.py"):
            homework.expect_check(name)
    assert homework.named("Problem2") == homework.named("problem2_Projection.py")
    for name in ("", "problem7", "project_is_neerest", "expect_close"):
        with pytest.raises(InvalidInput, match="no check is called"):
            homework.expect_check(name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("kkt_multipliers", r"kkt_multipliers is a function; its checks are (\w+, )*nu_holds_x"),
        ("project_is_neerest", "similar names: project_is_nearest"),
        ("_nearest", "similar names: project_is_nearest"),
        ("nosuch", "there are checks of problem1, problem2, .*problem6"),
    ],
)
def test_for_a_name_that_no_check_has_close_ones_are_listed(name, says):
    with pytest.raises(InvalidInput, match=says):
        find().expect_check(name)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (
            "graders/problem3_more.py",
            PROBLEM.format(name="early"),
            "the check early_is_kept occurs",
        ),
        ("graders/problem2_more.py", PROBLEM.format(name="more"), "the problem number 2 occurs in"),
        ("student_template/problem10_late.py", "def keep(x):\n    pass\n", "the function keep"),
        ("graders/problem3_more.py", "x = 1\ny = z\n", "graders/problem3_more.py, line 2: NameE"),
        ("graders/problem3_more.py", "def f(:\n", "graders/problem3_more.py, line 1: SyntaxErr"),
    ],
)
def test_what_cannot_work_is_refused_where_the_checks_are_found(make, file, text, says):
    homework = make("one")
    (homework.folder / file).write_text(text)
    with pytest.raises(InvalidHomework, match=re.escape(says)):
        homework.checks()


@pytest.mark.parametrize("name", ["given.py", "table.txt"])
def test_a_file_that_the_description_names_must_be_there(make, tmp_path, name):
    shutil.copytree(make("one").folder, tmp_path / "two")
    (tmp_path / "two" / "student_template" / name).unlink()
    with pytest.raises(InvalidHomework, match=f"{name} does not exist, but graders/homework.py"):
        load(tmp_path / "two")


def test_kinds_of_one_name_in_two_modules_are_refused(make):
    homework = make("one")
    own = "from assay import Kinds\nkinds = Kinds()\n\n@kinds.add\ndef times():\n    return min\n"
    (homework.folder / "graders" / "problem3_more.py").write_text(own)
    with pytest.raises(InvalidHomework, match="two kinds of objects are called 'times'"):
        homework.kinds()


def test_the_digest_follows_the_checks_and_the_template(make):
    one, same, other = make("one"), make("two"), make("three", factor=4)
    assert len({each.digest for each in (one, same, other)}) == 3  # their titles differ
    assert one.digest == load(one.folder).digest
