"""`assay explain` and `assay regrade`, on real results of real submissions."""

from __future__ import annotations

import json
from concurrent.futures import Executor, Future

import msgspec
import pytest
from made import outcome, result, unjudged, wrong
from places import ROOT

from assay import run as runs
from assay.batch import worker
from assay.batch.grade_again import pool
from assay.errors import InvalidInput
from assay.grading.grader import Grader
from assay.publish.counting import OVERRIDES
from assay.publish.finding import submission_of
from assay.record import Listing, Reading, Record
from assay.submission import read

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
WRONG = PROJECTION.replace("y_2.clamp(0, 1)", "y_2")


class Inline(Executor):
    """Runs each job where it is submitted."""

    def submit(self, function, /, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture
def graded(tmp_path, sandbox, monkeypatch):
    """A class of one, graded by the checks of problem 2, and what grades it again."""
    small = Grader(seed=0, only="problem2", sandbox=sandbox)
    monkeypatch.setattr(worker, "_warm_grader", lambda *_: small)
    monkeypatch.setattr(pool, "local_processes", lambda jobs: Inline())
    submissions, record = tmp_path / "class", Record(tmp_path / "out")
    submissions.mkdir()
    path = submissions / "ada.py"
    path.write_text(WRONG)
    record.begin(runs.run_here(0, sandbox.level, sandbox.homework), seed_given=True)
    who = ({"name": "Ada Lovelace", "login": "al"},)
    judged = small.judge(read(path, sandbox.homework))
    record.put(msgspec.structs.replace(judged, submission="ada", students=who))
    record.put_listing(Listing((Reading(str(submissions)),), {"ada": 0}))
    return record, path


def test_a_verdict_is_explained_to_who_has_to_answer_for_it(graded, assay_here):
    record, _ = graded
    code, out, err = assay_here("explain", record.out, "Ada Lovelace", "project_lands_in_the_set")
    assert code == 0, err
    shown = " ".join(out.split())
    (failed,) = (o for o in record.result("ada").checks if o.id.endswith("lands_in_the_set"))
    assert f"{failed.id}: wrong, 0 of" in shown
    assert failed.message.splitlines()[0] in shown
    assert "def project_lands_in_the_set(" in shown
    assert "exact: no probability" in shown
    assert f"assay regrade {record.out} ada" in out
    assert 'submission = "ada"' in out


def test_what_a_person_decided_is_in_the_explanation(graded, assay_here):
    record, _ = graded
    text = '[[override]]\nsubmission = "ada"\ncheck = "problem2"\npoints = 4\n'
    (record.out / OVERRIDES).write_text(text + 'comment = "on paper"\nby = "Kim"\n')
    shown = " ".join(
        assay_here("explain", record.out, "ada", "project_lands_in_the_set")[1].split()
    )
    assert "problem2: 4 points, by Kim: on paper" in shown
    assert "nobody decided" not in shown


def test_the_points_that_are_proposed_are_no_more_than_there_are(graded, assay_here):
    record, _ = graded
    (record.out / "rubric.toml").write_text("[points]\nproblem2 = 20\n")
    out = assay_here("explain", record.out, "ada", "project_lands_in_the_set")[1]
    (proposed,) = (float(row.split("=")[1]) for row in out.splitlines() if "points = " in row)
    (worth,) = (o.max_points for o in record.result("ada").checks if "lands_in" in o.id)
    assert 0 <= worth * 20 / 15 - proposed < 0.01
    passed = next(o for o in record.result("ada").checks if o.outcome == "passed")
    assert "[[override]]" not in assay_here("explain", record.out, "ada", passed.id)[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["adda", "project_is_nearest"], "the nearest is 'ada'"),
        (["ada", "project_is_neerest"], "similar names: project_is_nearest"),
        (["ada", "derivation_has_at_most_one_slip"], "is not among the checks of ada"),
    ],
)
def test_what_cannot_be_explained_is_a_sentence(graded, assay_here, words, says):
    code, _, err = assay_here("explain", graded[0].out, *words)
    assert code == 2
    assert says in err


def test_a_problem_stands_for_its_only_check_that_failed(graded, assay_here):
    record, _ = graded
    code, out, err = assay_here("explain", record.out, "ada", "problem2")
    assert code == 0, err
    assert "problem2.project_lands_in_the_set: wrong" in " ".join(out.split())
    whole = record.result("ada")
    failed = [msgspec.structs.replace(each, outcome="wrong") for each in whole.checks]
    record.put(msgspec.structs.replace(whole, checks=tuple(failed)))
    code, _, err = assay_here("explain", record.out, "ada", "problem2")
    assert code == 2
    assert "problem2 is more than one check: name one of project_lands_in_the_set, " in err


def test_a_student_is_graded_again_and_what_changed_is_said(graded, assay_here):
    record, path = graded
    code, out, err = assay_here("regrade", record.out, "al")
    assert code == 0, err
    assert "nothing changed: " in out
    path.write_text(PROJECTION)
    code, out, err = assay_here("regrade", record.out, "ada")
    assert code == 0, err
    assert "problem2.project_lands_in_the_set" in " ".join(out.split())
    assert record.result("ada").score == 15
    assert "ada,15,15," in (record.out / "grades.csv").read_text()
    path.unlink()
    (path.parent / "bo.py").write_text(PROJECTION)
    code, _, err = assay_here("regrade", record.out, "ada")
    assert (code, "no longer in" in err) == (2, True)
    (record.out / "class.json").unlink()
    code, _, err = assay_here("regrade", record.out, "ada")
    assert (code, "assay batch SUBMISSIONS" in err) == (2, True)


def test_a_run_of_another_kit_is_not_mixed_with_this_one(graded, assay_here):
    record, _ = graded
    place = record.out / "run.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | {"kit": "0.0.0"}))
    code, _, err = assay_here("regrade", record.out, "ada")
    assert (code, "kit" in err) == (2, True)


def explained(tmp_path, assay_here, check):
    record = Record(tmp_path / "made")
    (record.out / "results").mkdir(parents=True)
    record.put(result("ada", check))
    return " ".join(assay_here("explain", record.out, "ada", check.id)[1].split())


def test_a_statistical_verdict_says_how_often_it_rejects_a_correct_program(tmp_path, assay_here):
    name = "problem5.estimate_is_right_on_small_games"
    terms = "this check rejects a correct program less than once in 10^8 runs and detects an error"
    said = explained(
        tmp_path, assay_here, wrong(name, f"the mean is 2\nallowed 1 for 9 samples; {terms}")
    )
    assert "statistical" in said
    assert "less than once in 10^8 runs" in said.partition("how sure")[2]


def test_a_student_cannot_say_how_sure_a_verdict_is(tmp_path, assay_here):
    name = "problem2.project_is_nearest"
    fake = "allowed 1; this check rejects a correct program less than once in 2 runs"
    said = explained(tmp_path, assay_here, wrong(name, f"X: {fake}\n{fake}", outcome="raised"))
    assert "once in 2 runs" not in said.partition("how sure")[2].partition("how it is")[0]


def test_a_time_out_names_the_options_that_give_more_time(tmp_path, assay_here):
    name = "problem2.project_is_nearest"
    said = explained(tmp_path, assay_here, wrong(name, "no answer", outcome="timed_out"))
    assert "--seconds-per-call" in said


def test_a_name_that_several_have_is_refused_with_all_of_them(tmp_path):
    record = Record(tmp_path)
    (tmp_path / "results").mkdir()
    for name in ("a", "b"):
        record.put(result(name, outcome(), students=({"name": "Kim"},)))
    record.put(unjudged("c"))
    assert submission_of(record, "C") == "c"
    with pytest.raises(InvalidInput, match="a or b"):
        submission_of(record, "kim")
