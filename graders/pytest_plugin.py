"""Each check as a pytest item: `pytest --submission PATH`, with -k, --pdb, --junitxml and -n."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from graders.check import Check
    from graders.sandbox.host import Sandbox
    from graders.sitting import Sitting

# pytest loads this module in every project that has the kit installed: what is heavy is imported
# where a submission is named.


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that turn a test run into a grading run."""
    group = parser.getgroup("assay", "grading a homework submission")
    group.addoption("--submission", metavar="PATH", help="grade this submission, collect no tests")
    group.addoption("--assay-seed", type=int, default=0, metavar="S", help="seed of the inputs")
    group.addoption("--assay-flow", default="", metavar="PATH", help="other weights for the flow")


def pytest_configure(config: pytest.Config) -> None:
    """Take over collection where a submission is named."""
    if config.getoption("submission"):
        config.pluginmanager.register(Grading(config), "assay-grading")


class Grading:
    """One grading run inside pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.sittings: dict[str, Sitting] = {}
        self.points: dict[str, tuple[float, float]] = {}

    @cached_property
    def sandbox(self) -> Sandbox:
        """Where the student's code runs, started when it is first asked for."""
        from graders.sandbox.host import Sandbox

        return Sandbox(flow=self.config.getoption("assay_flow"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool | None:
        """Collect the checks; with pytest-xdist only in its workers."""
        if self.config.pluginmanager.has_plugin("dsession"):
            return None
        from graders.intake import Unreadable, read

        try:
            self.submission = read(Path(self.config.getoption("submission")))
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
        from graders.outcome import Broken
        from graders.sandbox.confine import promise

        try:
            level = self.sandbox.level
        except Broken as fault:
            raise pytest.UsageError(str(fault)) from None
        return f"isolation: {level} ({promise(level)})"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the points, also of what xdist's workers report."""
        told: dict[str, Any] = dict(report.user_properties)
        if report.when == "call" and "max_points" in told:
            got = float(told["max_points"]) if report.passed else 0.0
            self.points[report.nodeid] = got, float(told["max_points"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Put the score into the JUnit file, and end the student's processes."""
        from _pytest.junitxml import xml_key

        xml = session.config.stash.get(xml_key, None)
        if xml is not None:
            for name, value in zip(("score", "max_score"), self._score(), strict=True):
                xml.add_global_property(name, f"{value:g}")
        for sitting in self.sittings.values():
            sitting.student.close()
        self.sandbox.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The score, last."""
        got, most = self._score()
        terminalreporter.write_line(f"Score {got:g} / {most:g}")

    def sitting(self, check: Check) -> Sitting:
        """The student as the checks of this problem see her; one process a problem."""
        from graders.sitting import Budget

        if check.module not in self.sittings:
            sitting = self.grader.sitting(self.submission, check.module, Budget(60.0))
            self.sittings[check.module] = sitting
        return self.sittings[check.module]

    def _grader(self) -> Any:
        from graders.grade import Grader

        return Grader(
            seed=self.config.getoption("assay_seed"), flow=self.config.getoption("assay_flow"),
            sandbox=self.sandbox,
        )  # fmt: skip

    def _items(self, session: pytest.Session) -> Iterator[pytest.Item]:
        homes: dict[str, Problem] = {}
        for check in self.grader.checks:
            if check.module not in homes:
                name = check.module
                homes[check.module] = Problem.from_parent(session, name=name, nodeid=name)
            yield CheckItem.from_parent(homes[check.module], name=check.name, check=check, run=self)

    def _score(self) -> tuple[float, float]:
        got, most = (
            (sum(column) for column in zip(*self.points.values(), strict=True))
            if (self.points)
            else (0.0, 0.0)
        )
        return got, most


class Problem(pytest.Collector):
    """The checks of one problem."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing: `Grading` makes the items."""
        return iter(())


class CheckItem(pytest.Item):
    """One check, held against the submission."""

    def __init__(self, *, check: Check, run: Grading, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.check = check
        self.grading = run
        self.user_properties.append(("max_points", check.points))

    def runtest(self) -> None:
        """Pass, or raise the verdict; what is only told, or blocked, is skipped with its reason."""
        from graders.outcome import Blocked, Verdict

        try:
            self.grading.sitting(self.check).run(self.check)
        except Blocked as verdict:
            pytest.skip(f"blocked: {verdict.evidence}")
        except Verdict as verdict:
            if self.check.points:
                raise
            pytest.skip(f"told, not counted: {verdict.evidence}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The message for the student; never a traceback of ours."""
        from graders.outcome import Verdict

        if isinstance(excinfo.value, Verdict):
            kind = excinfo.value.kind.replace("_", " ")
            return f"✗ {self.check.title}   0 / {self.check.points:g}   {kind}\n{excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says that it failed: the law."""
        return self.path, None, f"{self.check.section}: {self.check.title}"
