"""The checks on a notebook's global environment, as otter-grader's test files ask for them."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from as_tests import as_test
from in_process import Student

from assay.checks import Check
from assay.homework import find


def hold(check_id: str, env: dict[str, Any]) -> None:
    """Hold one check against what the notebook's cells have defined."""
    (check,) = (one for one in find().checks() if one.id == check_id)
    as_test(check, lambda _: student_in(check, env))()


def student_in(check: Check, env: dict[str, Any]) -> Student:
    """The notebook's functions; for the reported answers the file that lies beside it."""
    return Student(env.get, figures() if check.module == "answers" else None)


@cache
def figures() -> dict[str, Any] | None:
    """The reported answers."""
    path = Path("answers.toml")
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else None
