"""`assay verify` says what a homework lacks before it is a fault."""

from __future__ import annotations

import pytest

from assay.commands.missing import missing
from assay.commands.new import write_homework
from assay.commands.verify import chosen_cases, judge
from assay.errors import AssayError
from assay.grading.grader import Grader
from assay.homework import load

CHECK = '''

@check(points=1)
def {name}(student: Student) -> None:
    """{title}"""
    {body}
'''


@pytest.fixture
def changed(tmp_path):
    """Writes a new homework, with these changes of its texts."""

    def make(*changes):
        write_homework(tmp_path / "mine")
        for file, old, new in changes:
            path = tmp_path / "mine" / file
            text = path.read_text("utf-8")
            assert old in text
            path.write_text(text.replace(old, new) if old else text + new, "utf-8")
        return tmp_path / "mine"

    return make


def lacks(folder):
    """What `assay verify` says is missing, after all cases were judged."""
    homework = load(folder)
    chosen, failed = chosen_cases(homework, ""), set()
    with Grader(homework=homework) as grader:
        for case in chosen.cases:
            _, result = judge(grader, case)
            if case.expected == "less":
                failed |= {o.id for o in result.checks if o.outcome == "wrong"}
        return missing(grader, chosen, failed)


GRADER, TEMPLATE = "graders/problem1_average.py", "student_template/problem1_average.py"
REFERENCE, MUTANTS = "reference/problem1_average.py", "mutants/problem1_average.toml"
EXTRA = '\n\ndef {name}(x):\n    """More."""\n    raise NotImplementedError("problem 1")\n'


def test_each_thing_that_is_missing_is_named(changed):
    folder = changed(
        (TEMPLATE, "", EXTRA.format(name="uncalled")),
        (REFERENCE, "", EXTRA.format(name="unasked") + EXTRA.format(name="_helper")),
        (
            GRADER,
            "",
            CHECK.format(
                name="within_a_tenth",
                title="the average of 1000 samples is close to the mean",
                body="assert abs(float(student.average(VALUES, 1000)) - 1.17) < 1",
            ),
        ),
        (GRADER, 'hint="How often', 'rate=1e-3,\n        hint="How often'),
        ("graders/homework.py", "# points=100", "points=5"),
    )
    for path in (folder / "alternatives").rglob("*.py"):
        path.unlink()
    found = "\n".join(lacks(folder))
    for line in (
        "problem1_average has no alternatives",
        "problem1_average: no check calls uncalled",
        "problem1_average: the reference has no function uncalled",
        "problem1_average: unasked of the reference is not in the template",
        "problem1.within_a_tenth: no mutant fails it",
        "problem1.within_a_tenth: judges random results and states no false-reject rate",
        "the false-reject rates add up to 0.001, more than 1e-06; the largest is that of pro",
        "the checks are worth 3 points together, and mine states 5",
    ):
        assert line in found
    assert "_helper" not in found
    assert len(found.splitlines()) == 8


def test_one_draw_of_a_few_values_is_a_random_result(changed):
    check = CHECK.format(
        name="one_sample_is_a_value",
        title="one sample is a value",
        body="assert student.average(torch.tensor([1.0] * 4 + [2.0]), 1) in (1, 2)",
    )
    found = "\n".join(lacks(changed((GRADER, "", check))))
    assert "one_sample_is_a_value: judges random results and states no false-reject rate" in found
    assert found.count("judges random results") == 1


def test_a_misspelt_call_is_listed_with_its_line_and_is_no_students_fault(assay_here, changed):
    folder = changed((GRADER, "student.average(VALUES,", "student.avrage(VALUES,"))
    lines = (folder / GRADER).read_text().splitlines()
    at = 1 + next(k for k, text in enumerate(lines) if "student.avrage" in text)
    code, out, _ = assay_here("--homework", folder, "verify")
    assert code == 1
    said = " ".join(out.split())
    assert f"{GRADER}, line {at} calls `avrage`, which the template does not have" in said
    assert "a fault of the kit, not of the submission" in said


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (MUTANTS, 'says = "never', 'said = "never', "line 10: mutant 2 has no says"),
        (MUTANTS, 'name = "one', 'names = "one', "line 4: mutant 1 has no name"),
        (MUTANTS, "[[mutant]]", "[mutant", "not valid TOML"),
        (MUTANTS, 'name = "never_the_last"', 'name = "one_sample_less"', "two mutants are called"),
        (MUTANTS, 'old = "/ num', 'old = "/ sum', "stands 0 times"),
        ("graders/homework.py", "title=", "data=('no.npz',), title=", "no.npz does not exist"),
        ("graders/homework.py", "homework =", "other =", "`homework` is not a Homework"),
        (GRADER, "SAMPLES = 20_000", "SAMPLES = TWENTY", "problem1_average.py, line 1.: NameE"),
        (GRADER, "_has_the_mean_of_the_values", "_of_equal_values_is_that_value", "two checks of"),
    ],
)
def test_a_fault_of_a_homeworks_own_files_is_a_sentence(changed, file, old, new, says):
    folder = changed((file, old, new))
    with pytest.raises(AssayError, match=says):
        everything(folder)


def everything(folder):
    homework = load(folder)
    return homework.checks(), chosen_cases(homework, "")


@pytest.mark.parametrize("name", ["reference", "student_template", "graders"])
def test_a_missing_folder_is_a_sentence(assay_here, changed, name):
    folder = changed()
    (folder / name).rename(folder / "elsewhere")
    code, _, err = assay_here("--homework", folder, "verify")
    assert code == 2
    assert err.startswith("assay: ")
    assert len(err.strip().splitlines()) == 1


def test_a_mutant_that_fails_nothing_needs_a_check(assay_here, changed):
    folder = changed((MUTANTS, 'new = "/ (num_samples - 1)"', 'new = "/ (num_samples)"'))
    code, out, _ = assay_here("--homework", folder, "verify", "--only", "one_sample_less")
    assert code == 1
    assert "no check fails on it: it needs a check, or it is no mistake" in " ".join(out.split())


def test_nothing_is_ok_while_the_reference_has_not_full_points(assay_here, changed):
    folder = changed((REFERENCE, "/ num_samples", "/ 2 / num_samples"))
    (folder / MUTANTS).write_text("")
    code, out, _ = assay_here("--homework", folder, "verify", "--verbose", "--only", "problem1")
    assert code == 1
    assert "WRONG" in out
    assert "ok    2" not in out
    assert "must have full points before" in " ".join(out.split())
