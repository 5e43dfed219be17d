"""What happens while a class is graded, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.download import Download
from assay.isolation.levels import Level
from assay.outcome import Result

if TYPE_CHECKING:
    from assay.publish.done import Pages


@dataclass(frozen=True)
class Isolated:
    """The isolation that student code gets on this machine is known."""

    level: Level


@dataclass(frozen=True)
class Listed:
    """The class was listed.

    Attributes:
        download: the submissions, and what is none.
        missing: who of the roster handed in nothing.
        kept: submissions with a result from an earlier run that the class no longer holds.
        strangers: submissions of nobody on the roster, where there is one.
    """

    download: Download
    missing: tuple[str, ...]
    kept: tuple[str, ...]
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Began:
    """Grading begins."""

    total: int


@dataclass(frozen=True)
class Graded:
    """One submission has its result, which is recorded."""

    result: Result


@dataclass(frozen=True)
class Ended:
    """Every submission has its result.

    Attributes:
        reused: how many an earlier batch had graded.
        copied: how many have the same files as another, and its result.
        total: how many there are.
    """

    reused: int
    copied: int
    total: int


@dataclass(frozen=True)
class Written:
    """The table of the class is written, and its pages if they were wanted."""

    pages: Pages


Event = Isolated | Listed | Began | Graded | Ended | Written
