"""Puts each specimen before the graders, and looks at what it leaves behind.

    python tests/hostile/stage.py LEVEL USER KINDS [PATTERN [K/N]]

LEVEL is an isolation level, USER "superuser" or "ordinary", KINDS folders of specimens with commas
between, PATTERN a part of a name, K/N every N-th specimen from the K-th on. One JSON line a fault is
printed, then one with the number of specimens that were tried.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "support")]
from processes import below

ORDINARY = 1000
PROBLEM = "problem2_projection.py"
REFERENCE = HERE.parents[1] / "reference" / PROBLEM


def become_ordinary():
    """Be a user without any right of a superuser's, who can still enter the installation."""
    from assay.isolation import kernel
    from assay.isolation.ground import Ground

    ground = Ground(Path(tempfile.gettempdir()))
    if ground.is_open_to_all() and all(p.stat().st_mode & 1 for p in HERE.parents):
        kernel.become(ORDINARY)
        return
    # The files belong to user 0, whose name in here is ORDINARY: no right but to own them.
    kernel.unshare(kernel.CLONE_NEWUSER)
    for name, text in (("uid_map", f"{ORDINARY} 0 1"), ("setgroups", "deny"),
                       ("gid_map", f"{ORDINARY} 0 1")):
        Path(f"/proc/self/{name}").write_text(text)
    kernel.keep_capabilities()


def read(folder):
    from assay import submission as intake

    return intake.read(folder)


def lay_out(specimen, folder):
    """A hand-in of a specimen: the file, or the folder, and what it builds on."""
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
    """Whether a level holds what a specimen tries: files and network are not held by "process"."""
    source = specimen / PROBLEM if specimen.is_dir() else specimen
    return level != "process" or not re.search(rb"^(kind: leak|held: confined)", source.read_bytes(), re.M)


def is_utf16(folder):
    return (folder / PROBLEM).read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")


class Stage:
    """Graders at one level, what honest hand-ins get from them, and what is open meanwhile."""

    def __init__(self, level, folder):
        from assay.grading.grader import Grader
        from assay.sandbox.host import Sandbox

        self.level, self.folder = level, folder
        self.opened = set()
        sys.addaudithook(self._note)
        self.grader = Grader(seed=3, only="problem2", sandbox=Sandbox(level=level))
        assert self.grader.sandbox.level == level
        # The first law of each function that builds on no other.
        alone = {check.part: check for check in reversed(self.grader.checks) if not check.needs}
        self.few = tuple(alone.values())
        self.right = self._judge_text(REFERENCE, self.few)
        self.wrong = self._judge_text(HERE / "wrong_answers.py")
        assert set(self.right.values()) == {"passed"}
        assert len(self.few) == 3
        assert "passed" in self.wrong.values()
        assert "wrong" in self.wrong.values()
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
        """What went otherwise than it must with one specimen."""
        kind, expected = lay_out(specimen, self.folder)
        # A forgery may show in any check; what became of the process shows in a few.
        checks = () if kind == "forge" else self.few
        result = self.grader.judge(read(self.folder), checks)
        yield from self.misjudged(kind, expected, result)
        launcher = self.grader.sandbox.launcher
        yield from (f"the grader opened {path}" for path in self.opened
                    if path.startswith(launcher.scratch + "/"))
        if self._judge_text(REFERENCE, self.few) != self.right:
            yield "the next honest submission is judged otherwise"
        now = self.remains()
        yield from (f"{name}: {self.left[name]} before, {now[name]} after"
                    for name in now if now[name] != self.left[name])
        self.left = now

    def misjudged(self, kind, expected, result):
        found = outcomes(result)
        if "broken" in found.values():
            yield f"broken: {next(c.message for c in result.checks if c.outcome == 'broken')}"
        yield from (f"{check.id} is {check.outcome} and says nothing" for check in result.checks
                    if check.outcome != "passed" and not check.message)
        if kind == "forge":
            gained = [n for n, o in found.items() if o == "passed" and self.wrong[n] != "passed"]
            yield from (f"{name} passed" for name in gained)
            return
        allowed = expected | {"passed", "blocked"} if expected else {"passed"}
        for check in result.checks:
            if check.outcome not in allowed:
                yield f"{check.id} is {check.outcome}: {check.message}"
        if expected - {"passed"} and set(found.values()) <= {"passed"} and "passed" not in expected:
            yield "every check passed"

    def remains(self):
        """Counts of what must be the same after each submission."""
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
    found = folder.iterdir() if kind == "folders" else folder.glob("*.py")
    return sorted(path for path in found if path.name != "__pycache__")


def main(level, user, kinds, pattern="", part="0/1"):
    first, step = map(int, part.split("/"))
    if user == "ordinary" and os.geteuid() == 0:
        become_ordinary()
    from assay.sandbox import student

    student.CALL_SECONDS, student.SECOND_SECONDS = 0.6, 0.2
    student.LOAD_SECONDS, student.PROBLEM_SECONDS = 2.0, 4.0
    with tempfile.TemporaryDirectory(prefix="hand-in-") as folder:
        stage = Stage(level, Path(folder, "hand-in"))
        tried = [path for kind in kinds.split(",") for path in specimens(kind)]
        tried = [path for path in tried if pattern in path.name]
        tried = [path for path in tried if is_promised(path, level)]
        tried = tried[first::step]
        for specimen in tried:
            for fault in stage.faults(specimen):
                print(json.dumps({"specimen": specimen.name, "fault": fault}), flush=True)
        stage.grader.sandbox.close()
    print(json.dumps({"tried": len(tried)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
