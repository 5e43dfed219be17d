"""Errors that end a command with one sentence; `assay.commands.cli` catches them in one place.

    AssayError
    ├── Unreadable         a submission, a download or a roster cannot be read
    ├── InvalidInput       an option, a selection, a rubric or a gradebook makes no sense
    ├── InvalidHomework    a homework's own files are incomplete or contradict each other
    │   └── NoReference    the reference is not here, so the graders cannot be verified
    ├── CannotGrade        a class cannot be graded, or not to the end
    │   ├── Conflict       the results folder belongs to another run
    │   └── Unreachable    the Dask scheduler is not there, or is gone
    ├── OtherKit           a worker would grade by another kit than the run
    └── Broken             the kit itself failed (`assay.verdict`: it also ends a check)

What ends a single check is a `Verdict`.
"""

from __future__ import annotations


class AssayError(Exception):
    """One sentence for a person: what is wrong, where, and what to do next."""


class Unreadable(AssayError):
    """Nothing at all can be read of a submission, a download or a roster."""


class InvalidInput(AssayError, ValueError):
    """An option, a selection, a rubric or a gradebook makes no sense."""


class InvalidHomework(AssayError, ValueError):
    """A homework's own files are incomplete or contradict each other."""


class NoReference(InvalidHomework):
    """The reference and the mutants are not here; only a checkout has them."""


class CannotGrade(AssayError):
    """A class cannot be graded, or not to the end."""


class Conflict(CannotGrade):
    """The results folder belongs to another run."""


class Unreachable(CannotGrade):
    """The Dask scheduler is not there, or is gone."""


class OtherKit(AssayError):
    """A worker would grade by another kit, homework or material than the run."""
