"""Grades each specimen as a submission, and reports what it gained and what it left behind.

    python tests/hostile/stage.py LEVELS USER KINDS [PATTERN [K/N [INPUTS]]]

LEVELS are isolation levels and KINDS folders of specimens, with commas between; USER is "superuser"
or "ordinary". PATTERN is part of a name. K/N takes every N-th specimen of each kind, from the K-th
on at the first level, from the K+1-th at the next; J,K/N takes those of J/N and of K/N. INPUTS is how many inputs each check uses, all
by default. Prints a JSON line for each fault, one with the seconds that each specimen took, and for
each level one with how many were tried.
"""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "support")]
from processes import below, comes_true

ORDINARY = 1000
PROBLEM = "problem2_projection.py"
REFERENCE = HERE.parents[1] / "reference" / PROBLEM
SEED = 3


def become_ordinary():
    """Give up all of a superuser's privileges, but stay able to enter the installation."""
    from assay.isolation import kernel
    from assay.isolation.ground import Ground

    ground = Ground(Path(tempfile.gettempdir()))
    if ground.is_open_to_all() and all(p.stat().st_mode & 1 for p in HERE.parents):
        kernel.become(ORDINARY)
        return
    # The files belong to user 0, who is called ORDINARY in this namespace and has no privilege
    # except to own them.
    kernel.unshare(kernel.CLONE_NEWUSER)
    for name, text in (("uid_map", f"{ORDINARY} 0 1"), ("setgroups", "deny"),
                       ("gid_map", f"{ORDINARY} 0 1")):
        Path(f"/proc/self/{name}").write_text(text)
    kernel.keep_capabilities()


def read(folder):
    from assay import submission

    return submission.read(folder)


def lay_out(specimen, folder):
    """Make a submission of a specimen; its kind, and the outcomes that it may have."""
    shutil.rmtree(folder, ignore_errors=True)
    if specimen.is_dir():
        shutil.copytree(specimen, folder)
    else:
        folder.mkdir()
        shutil.copy(specimen, folder / PROBLEM)
    text = (folder / PROBLEM).read_bytes().decode("utf-16" if is_utf16(folder) else "latin-1")
    kind = re.search(r"^kind: (\w+)", text, re.M).group(1)
    if kind == "forge":
        shutil.copy(HERE / "wrong_answers.py", folder)
    else:
        shutil.copy(REFERENCE, folder / "right_answers.py")
    named = re.search(r"^outcome: (.+)", text, re.M)
    return kind, set(named.group(1).split()) if named else set()


def is_promised(specimen, level):
    """Whether a level prevents what a specimen tries; "process" restricts no files or network."""
    source = specimen / PROBLEM if specimen.is_dir() else specimen
    beyond = re.search(rb"^(kind: leak|held: confined)", source.read_bytes(), re.M)
    return level != "process" or not beyond


def is_utf16(folder):
    return (folder / PROBLEM).read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")


class Stage:
    """A grader at one level, and what must be the same before and after each specimen."""

    def __init__(self, level, folder, inputs):
        from assay.grading.grader import Grader
        from assay.sandbox.host import Sandbox

        self.level, self.folder = level, folder
        self.opened = set()
        sys.addaudithook(self._note)
        self.grader = Grader(seed=SEED, only="problem2", sandbox=Sandbox(level=level))
        self.grader._inputs = inputs
        assert self.grader.sandbox.level == level
        # The first check of each function that builds on no other check.
        alone = {check.part: check for check in reversed(self.grader.checks) if not check.needs}
        self.few = tuple(alone.values())
        self.correct = self._judge_text(REFERENCE, self.few)
        self.wrong = self._judge_text(HERE / "wrong_answers.py")
        assert set(self.correct.values()) == {"passed"}
        assert len(self.few) == 3
        assert "passed" in self.wrong.values()
        assert list(self.wrong.values()).count("wrong") >= 4
        self.left = self.remains()

    def _note(self, event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            self.opened.add(os.fsdecode(arguments[0]))

    def _judge_text(self, source, checks=()):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(source, self.folder / PROBLEM)
        return outcomes(self.grader.judge(read(self.folder), checks))

    def faults(self, specimen):
        """What one specimen gained or left behind, in sentences."""
        kind, expected = lay_out(specimen, self.folder)
        # A forgery may show in any check; how the process ended shows in a few.
        checks = () if kind == "forge" else self.few
        with deadlines(short=kind == "forge" or "timed_out" in expected):
            result = self.grader.judge(read(self.folder), checks)
        yield from self.misjudged(kind, expected, result)
        launcher = self.grader.sandbox.launcher
        yield from (f"the grader opened {path}" for path in self.opened
                    if path.startswith(launcher.scratch + "/"))
        if self._judge_text(REFERENCE, self.few) != self.correct:
            yield "the next honest submission gets other outcomes"
        # All of a machine's processes share some of these: what another one made goes again.
        comes_true(lambda: not self.more())
        yield from (f"{name}: {before} before, {now} after"
                    for name, (before, now) in self.more().items())
        self.left = self.remains()

    def more(self):
        """What there is more of than before the specimen: (before, now) by name."""
        pairs = {name: (self.left[name], now) for name, now in self.remains().items()}
        return {name: pair for name, pair in pairs.items() if pair[1] > pair[0]}

    def misjudged(self, kind, expected, result):
        """Outcomes that a specimen of this kind must not have."""
        got = outcomes(result)
        # A statement that fails is skipped with a note, and such a failure tells of a leak.
        yield from (note for note in result.notes if "leaked" in note)
        if "broken" in got.values():
            yield f"broken: {next(c.message for c in result.checks if c.outcome == 'broken')}"
        yield from (f"{check.id} is {check.outcome} without a message" for check in result.checks
                    if check.outcome != "passed" and not check.message)
        if kind == "forge":
            gained = [n for n, o in got.items() if o == "passed" and self.wrong[n] != "passed"]
            yield from (f"{name} passed" for name in gained)
            # A specimen asserts that what it attacks is there.
            yield from (f"it attacks nothing: {check.message}" for check in result.checks[:1]
                        if "imported: AssertionError" in check.message)
            return
        allowed = expected | {"passed", "blocked"} if expected else {"passed"}
        for check in result.checks:
            if check.outcome not in allowed:
                yield f"{check.id} is {check.outcome}: {check.message}"
        if expected - {"passed"} and set(got.values()) <= {"passed"} and "passed" not in expected:
            yield "every check passed"

    def remains(self):
        """Counts of what no submission may add to."""
        launcher = self.grader.sandbox.launcher
        return {
            "descriptors of the grader": len(os.listdir("/proc/self/fd")),
            "processes": len(below(launcher.process.pid)),
            "files": sum(1 for home in homes(launcher) for _ in home.iterdir()),
            "planted": planted(),
            "shared memory": len(Path("/proc/sysvipc/shm").read_text().splitlines()),
            "queues": len(Path("/proc/sysvipc/msg").read_text().splitlines()),
            "semaphores": len(Path("/proc/sysvipc/sem").read_text().splitlines()),
        }


def homes(launcher):
    """Where children's folders are: in the grader's view, and in the root that a zygote sees."""
    yield Path(launcher.scratch)
    for inner in below(launcher.process.pid):
        sealed = Path(f"/proc/{inner}/root/homes")
        if sealed.exists():
            yield sealed
            return


def outcomes(result):
    return {check.id: check.outcome for check in result.checks}


def planted():
    """What specimens try to leave in folders that all share."""
    folders = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")
    return sum(len(list(Path(folder).glob("*assay-planted*"))) for folder in folders)


def specimens(kind):
    folder = HERE / kind
    paths = folder.iterdir() if kind == "folders" else folder.glob("*.py")
    return sorted(path for path in paths if path.name != "__pycache__")


@contextlib.contextmanager
def deadlines(*, short):
    """Short deadlines where one may be the outcome; elsewhere a busy machine must not hit any."""
    from assay.sandbox import student

    names = ("CALL_SECONDS", "SECOND_SECONDS", "LOAD_SECONDS", "PROBLEM_SECONDS")
    usual = [getattr(student, name) for name in names]
    for name, seconds in zip(names, (0.6, 0.2, 1.0, 4.0) if short else usual):
        setattr(student, name, seconds)
    try:
        yield
    finally:
        for name, seconds in zip(names, usual):
            setattr(student, name, seconds)


def inputs_of_checks(count):
    """The inputs of each check by its id, at most `count`; all of them for 0."""
    from assay.grading import grader, replay
    from assay.homework import find

    if count:
        grader.SHRINK_BUDGET = 0.0  # how small a failing input gets is no matter here
    checks = [check for check in find().checks() if check.section == "problem2"]
    return {check.id: replay.record(check, SEED)[: count or None] for check in checks}


def chosen(level, kinds, pattern, firsts, step):
    """The specimens to try at a level: every `step`-th of each kind, from each of the `firsts`."""
    for kind in kinds.split(","):
        paths = [path for path in specimens(kind) if pattern in path.name]
        promised = [path for path in paths if is_promised(path, level)]
        wanted = {first % step for first in firsts}
        yield from (path for index, path in enumerate(promised) if index % step in wanted)


def main(levels, user, kinds, pattern="", part="0/1", count="0"):
    if user == "ordinary" and os.geteuid() == 0:
        become_ordinary()
    if "leak" in kinds:
        # As in a class: zygotes are forked from a process that others are forked from as well.
        from assay.sandbox import stem

        source = stem.Stem()
        stem.here = source.orders
    inputs = inputs_of_checks(int(count))
    starts, _, step = part.partition("/")
    for place, level in enumerate(levels.split(",")):
        firsts = [int(start) + place for start in starts.split(",")]
        with tempfile.TemporaryDirectory(prefix="submission-") as folder:
            stage = Stage(level, Path(folder, "submission"), inputs)
            try:
                tried = 0
                for specimen in chosen(level, kinds, pattern, firsts, int(step)):
                    started = time.perf_counter()
                    for fault in stage.faults(specimen):
                        line = {"specimen": specimen.name, "level": level, "fault": fault}
                        print(json.dumps(line), flush=True)
                    seconds = round(time.perf_counter() - started, 2)
                    print(json.dumps({"specimen": specimen.name, "seconds": seconds}), flush=True)
                    tried += 1
            finally:
                stage.grader.sandbox.close()
        print(json.dumps({"level": level, "tried": tried}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
