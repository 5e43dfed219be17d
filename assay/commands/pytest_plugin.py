"""Each check as a pytest item: `pytest --submission PATH`, with -k, --pdb, --junitxml and -n."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.errors import InvalidHomework
from assay.homework import find

if TYPE_CHECKING:
    from assay.checks import Check
    from assay.grading.grader import Grader, Passed
    from assay.grading.session import Session
    from assay.homework import Homework, Material
    from assay.sandbox.host import Sandbox

# pytest loads this module in every project that has the kit installed: what is heavy is imported
# where a submission is named.

SHRINK_SECONDS = 60.0  # that failing inputs may take to be made small, in all


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that turn a test run into a grading run."""
    group = parser.getgroup("assay", "grading a homework submission")
    group.addoption("--submission", metavar="PATH", help="grade this submission, collect no tests")
    group.addoption("--homework", metavar="DIR", help="the folder of the homework")
    group.addoption("--assay-seed", type=int, default=0, metavar="S", help="seed of the inputs")
    group.addoption(
        "--assay-material",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="another file in place of one that students are given",
    )
    for material in _known_materials():
        group.addoption(f"--assay-{material.name}", metavar="PATH", help=material.help)


def _known_materials() -> tuple[Material, ...]:
    """Those of the homework in force; none if there is none: other tests must still run."""
    try:
        return find().materials
    except InvalidHomework:
        return ()


def pytest_configure(config: pytest.Config) -> None:
    """Take over collection where a submission is named."""
    if config.getoption("submission"):
        config.pluginmanager.register(Grading(config), "assay-grading")


class Grading:
    """One grading run inside pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.sessions: dict[str, Session] = {}
        self.passed: Passed = {}
        self.points: dict[str, tuple[float, float]] = {}

    @cached_property
    def homework(self) -> Homework:
        """What is graded, with the materials that the options name."""
        from assay.commands.choice import chosen
        from assay.errors import InvalidInput

        known = {m.name: self.config.getoption(f"assay_{m.name}", None) for m in _known_materials()}
        named = [each.partition("=") for each in self.config.getoption("assay_material")]
        paths = known | {name: path for name, _, path in named}
        folder = self.config.getoption("homework")
        try:
            homework = chosen(
                Path(folder) if folder else None, Path(self.config.getoption("submission"))
            )
            return homework.with_materials({n: Path(path) for n, path in paths.items() if path})
        except (InvalidInput, InvalidHomework) as fault:
            raise pytest.UsageError(str(fault)) from None

    @cached_property
    def sandbox(self) -> Sandbox:
        """Where the student's code runs, started when it is first asked for."""
        from assay.sandbox.host import Sandbox

        return Sandbox(homework=self.homework)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool | None:
        """Collect the checks; with pytest-xdist only in its workers."""
        if self.config.pluginmanager.has_plugin("dsession"):
            return None
        from assay.errors import Unreadable
        from assay.submission import read

        try:
            self.submission = read(Path(self.config.getoption("submission")), self.homework)
        except Unreadable as fault:
            raise pytest.UsageError(str(fault)) from None
        self.grader = self._grader()
        session.items = list(self._items(session))
        # What pytest's own collection tells its reporters.
        session.config.hook.pytest_collectreport(
            report=pytest.CollectReport("", "passed", None, list(session.items))
        )
        session.config.hook.pytest_collection_modifyitems(
            session=session, config=session.config, items=session.items
        )
        session.config.hook.pytest_collection_finish(session=session)
        session.testscollected = len(session.items)
        return True

    def pytest_report_header(self) -> str:
        """The isolation level, first."""
        from assay.isolation.levels import promise
        from assay.verdict import Broken

        try:
            level = self.sandbox.level
        except Broken as fault:
            raise pytest.UsageError(str(fault)) from None
        return f"isolation: {level} ({promise(level)})"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the points, also of what xdist's workers report."""
        properties: dict[str, Any] = dict(report.user_properties)
        if report.when == "call" and "max_points" in properties:
            most = float(properties["max_points"])
            self.points[report.nodeid] = (most if report.passed else 0.0), most

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Put the score into the JUnit file, and end the student's processes."""
        from _pytest.junitxml import xml_key

        xml = session.config.stash.get(xml_key, None)
        if xml is not None:
            for name, value in zip(("score", "max_score"), self._score(), strict=True):
                xml.add_global_property(name, f"{value:g}")
        for open_session in self.sessions.values():
            open_session.student.close()
        self.sandbox.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The score, last."""
        got, most = self._score()
        terminalreporter.write_line(f"Score {got:g} / {most:g}")

    def session_of(self, check: Check) -> Session:
        """The session that a check belongs to; one process for each problem."""
        from assay.grading.session import Budget

        if check.module not in self.sessions:
            budget = Budget(SHRINK_SECONDS)
            session = self.grader.session(self.submission, check.module, budget, self.passed)
            self.sessions[check.module] = session
        return self.sessions[check.module]

    def _grader(self) -> Grader:
        from assay.grading.grader import Grader

        return Grader(seed=self.config.getoption("assay_seed"), sandbox=self.sandbox)

    def _items(self, session: pytest.Session) -> Iterator[pytest.Item]:
        problems: dict[str, Problem] = {}
        for check in self.grader.checks:
            if check.module not in problems:
                name = check.module
                problems[name] = Problem.from_parent(session, name=name, nodeid=name)
            parent = problems[check.module]
            yield CheckItem.from_parent(parent, name=check.name, check=check, run=self)

    def _score(self) -> tuple[float, float]:
        got = sum(points for points, _ in self.points.values())
        return got, sum(most for _, most in self.points.values())


class Problem(pytest.Collector):
    """The checks of one problem."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing: `Grading` makes the items."""
        return iter(())


class CheckItem(pytest.Item):
    """One check of the submission."""

    def __init__(self, *, check: Check, run: Grading, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.check = check
        self.grading = run
        self.user_properties.append(("max_points", check.points))

    def runtest(self) -> None:
        """Pass, or raise the verdict; what is blocked or not scored is skipped with its reason."""
        from assay.foreign import line
        from assay.verdict import Blocked, Verdict

        try:
            self.grading.session_of(self.check).run(self.check)
        except Blocked as verdict:
            pytest.skip(f"blocked: {line(verdict.evidence)}")
        except Verdict as verdict:
            if self.check.points:
                raise
            pytest.skip(f"reported, not scored: {line(verdict.evidence)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The message for the student; never a traceback of the kit's own code."""
        from assay.foreign import LIMIT, plain
        from assay.verdict import Verdict

        if isinstance(excinfo.value, Verdict):
            text = plain(str(excinfo.value), 2 * LIMIT)
            kind = excinfo.value.kind.replace("_", " ")
            return f"✗ {self.check.title}   0 / {self.check.points:g}   {kind}\n{text}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says that it failed: the property."""
        return self.path, None, f"{self.check.section}: {self.check.title}"
