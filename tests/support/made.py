"""Results made by hand, for the output formats to present."""

from __future__ import annotations

from assay.outcome import Outcome, Result


def outcome(name="problem2.first", **changes):
    """A passed check of 2 points."""
    number = name.partition(".")[0].removeprefix("problem")
    plain = {
        "id": name,
        "problem": int(number) if number.isdigit() else None,
        "part": "a",
        "title": f"{name} holds",
        "outcome": "passed",
        "points": 2.0,
        "max_points": 2.0,
    }
    return Outcome(**(plain | changes))


def wrong(name="problem2.other", message="got 1, expected 0\nagain  assay check", **changes):
    """A failed check of 3 points."""
    plain = {"outcome": "wrong", "points": 0.0, "max_points": 3.0, "message": message}
    return outcome(name, **(plain | changes))


def result(submission="ada", *checks, **changes):
    """A graded result; without checks given, one passed and one failed."""
    checks = checks or (outcome(), wrong())
    plain = {
        "score": sum(o.points for o in checks),
        "max_score": sum(o.max_points for o in checks),
        "isolation": "sealed",
        "seed": 2**62 - 1,
        "kit": "0.1.0",
        "sha256": "0" * 64,
        "seconds": 1.5,
        "checks": checks,
    }
    return Result(submission=submission, **(plain | changes))


def unjudged(submission="eve", status="not judged: the archive\nis damaged"):
    """A result without a score."""
    return result(submission, score=None, max_score=5.0, checks=(), status=status)
