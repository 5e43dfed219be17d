"""What of a class is to be graded, and what of it was graded before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from assay.download import Entry, Part, Person, read_parts
from assay.outcome import ABSENT, Result, unjudged
from assay.record import Record
from assay.run import Run, homework_of
from assay.submission import Submission, read, told_apart
from assay.submission.naming import safe_id


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    `run` is what a worker must agree with: one that has another kit or material, or cannot have
    the run's isolation, grades nothing.
    `parts` tells what of a class's download at `path` was handed in; None: all that is there.
    """

    name: str
    path: str
    run: Run
    parts: tuple[Part, ...] | None = None
    students: tuple[dict[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def read(self) -> Submission:
        """The submission.

        Raises:
            Unreadable: nothing at all can be read.
        """
        path, homework = Path(self.path), homework_of(self.run)
        if self.parts is None:
            return read(path, homework)
        return read_parts(path, self.parts, self.name, homework)

    def named(self, result: Result) -> Result:
        """Its result, with its students and the notes from when the class was listed."""
        return msgspec.structs.replace(
            result, submission=self.name, students=self.students, notes=self.notes + result.notes
        )

    def unjudged(self, status: str) -> Result:
        """Its result without a score, and why."""
        return self.named(_unjudged(self.name, status, self.run))


@dataclass
class Known:
    """The results that a record holds, by content: what was graded is not graded again.

    A run has one kit, seed and isolation and the same materials, and the inputs depend on nothing
    else: the same files have the same verdict, whoever handed them in.
    """

    record: Record
    contents: dict[str, str] = field(default_factory=dict)  # SHA-256 -> a submission with it
    names: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)  # who had handed in nothing
    before: set[str] = field(default_factory=set)  # the SHA-256 of what earlier batches graded
    reused: int = 0  # results of earlier batches
    copied: int = 0  # results of others with the same files

    @classmethod
    def of(cls, record: Record, run: Run) -> Known:
        """What was graded in this run so far."""
        known = cls(record)
        for result in record.results():
            if result.status == ABSENT:
                known.absent.append(result.submission)
            elif result.kit == run.kit and result.seed == run.seed:
                known.add(result)
        known.before = {*known.contents, *known.names.values()}
        return known

    def count(self, sha256: str) -> None:
        """Count a submission that needs no grading: an earlier batch or another one has it."""
        self.reused += sha256 in self.before
        self.copied += sha256 not in self.before

    def add(self, result: Result) -> None:
        """Add a result; a submission without a score will be graded again."""
        if result.status == "graded":
            self.names[result.submission] = result.sha256
            # Notes may be about how a submission was handed in: then its result is its own alone.
            if not result.notes:
                self.contents.setdefault(result.sha256, result.submission)

    def result(self, job: Job, sha256: str) -> Result | None:
        """The result of a job whose files have that SHA-256; None where it must be graded."""
        if self.names.get(job.name) == sha256:
            own = self.record.result(job.name)
            if own and own.students == job.students and own.notes[: len(job.notes)] == job.notes:
                return own
        other = self.record.result(self.contents[sha256]) if sha256 in self.contents else None
        return job.named(other) if other else None


def jobs_for(entries: Iterable[Entry], run: Run) -> list[Job]:
    """A job for each submission."""
    return [_job(entry, run) for entry in entries]


def put_absent(people: list[Person], jobs: list[Job], known: Known, run: Run) -> list[str]:
    """Record who handed in nothing, in place of those recorded when the class was graded last.

    They get results without a score, under ids that no submission has.

    Returns:
        These ids.
    """
    record = known.record
    record.remove(known.absent)
    used = [job.name for job in jobs] + record.submissions()
    ids = ["_".join(filter(None, (p.name, p.id or p.login or p.email))) for p in people]
    names = told_apart(([safe_id(name)] for name in ids), used)
    for name, person in zip(names, people, strict=True):
        keys = ("name", "id", "email", "login")
        who = {key: getattr(person, key) for key in keys if getattr(person, key)}
        result = _unjudged(name, ABSENT, run)
        record.put(msgspec.structs.replace(result, students=(who,)))
    return names


def _unjudged(name: str, status: str, run: Run) -> Result:
    result = unjudged(name, status, isolation=run.isolation, seed=run.seed)
    title, digest = run.title, run.homework_sha256
    return msgspec.structs.replace(result, homework=title, homework_sha256=digest)


def _job(entry: Entry, run: Run) -> Job:
    late = {"late": "yes"} if entry.late else {}
    students = tuple(who | late for who in entry.students)
    notes = (*(["handed in late"] if late else []), *entry.notes)
    return Job(entry.name, entry.path, run, entry.parts, students, notes)
