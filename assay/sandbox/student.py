"""The `student` of a check: functions to call by name, each call in the student's own process."""

from __future__ import annotations

import difflib
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from torch import Tensor

from assay.allowed import CALL_SECONDS, PROBLEM_SECONDS, Allowed
from assay.errors import InvalidHomework
from assay.foreign import Foreign, line, quoted, raw
from assay.outcome import Exhibit
from assay.protocol import values, wire
from assay.sandbox.advice import advice
from assay.sandbox.host import Child, Sandbox, rounded
from assay.sandbox.limits import FILE_SECONDS, STATEMENT_SECONDS, too_slow
from assay.verdict import Broken, Died, Missing, Raised, Refused, TimedOut, Verdict

SECOND_SECONDS = 2.0  # for a function that was late before, to leave time for the others
# The child limits the processor time of each statement; this is the time that may pass.
LOAD_SECONDS = 20.0  # until the next statement begins
LOADS_SECONDS = 60.0  # for a whole source, and again for each of its statements left out
LOADS = 10  # tries, each without one more statement that ended or outlived its process
SALT = hashlib.sha256(b"").digest()  # of the seeds; another salt gives other seeds
LATE = "Does every loop end? If so, work on whole arrays or tensors instead of Python loops."
TOO_LARGE = ("RecursionError", "MemoryError", "OverflowError", "WireError")

Answer = Any  # what a student's function returns can be anything


@dataclass
class Reply:
    """What one call returned, and what else it did.

    Attributes:
        value: what the function returned.
        changed: the arguments that the call modified in place, by position or keyword ("0", "y"),
            and the parameters of models that it trained ("0.mean"); the child's word.
        seconds: the time that passed in the student's process; it depends on what else runs.
        cpu: the processor time that the call used.
    """

    value: Answer
    changed: tuple[Foreign, ...]
    seconds: float
    cpu: float


@dataclass
class Example:
    """Where one example of a check is.

    Attributes:
        salt: what the seeds of its calls depend on.
        calls: how many there were.
        seconds: what a call may take; 0 for CALL_SECONDS.
        fixed_seed: the seed of all calls inside `same_seed`.
        printed: the end of what the student's code printed in these calls.
    """

    salt: str = ""
    calls: int = 0
    seconds: float = 0.0
    fixed_seed: int | None = None
    printed: Foreign = ""


# The answers to some calls, and the time that passed until they came.
Returns = tuple[list[wire.Returned], float]


@dataclass
class Student:
    """One source of a submission, called through the sandbox.

    `student.project(y, a)` calls their `project`. Every call has its own seed, derived from the
    run's seed, the check and the number of the call. It is the same for a whole class, so a verdict
    can be reproduced.

    Attributes:
        sandbox: what starts the student's process.
        source: what to import; None if the submission has no such file.
        lacking: the message in that case.
        seed: of the run.
        answers: the figures that the student reports; None if there are none.
        spent: seconds that all calls took, counted against the problem's limit.
        cpu: processor time that all calls used [seconds].
        skipped: the statements that were skipped when the source was imported.
        notes: how the code ran here.
        exhibits: what the report shows of the student's results.
        answered: each function that answered and its answer, for who wants to know; None: nobody.
        passed: the statements that are not tried again; the problems of one source share them.
        example: the example that is being tried.
        allowed: the limits of the run.
        asked_for: what the template defines, which alone a check can call; empty: anything.
        suspend: what waits for the answers to calls, where several examples are tried together.
    """

    sandbox: Sandbox
    source: wire.Load | None
    lacking: Foreign
    seed: int
    answers: dict[str, Any] | None = None
    spent: float = 0.0
    cpu: float = 0.0
    skipped: tuple[wire.Skipped, ...] = ()
    notes: tuple[Foreign, ...] = ()
    exhibits: list[Exhibit] = field(default_factory=list)
    answered: list[tuple[str, wire.Value]] | None = None
    passed: list[wire.Skipped] = field(default_factory=list)
    example: Example = field(default_factory=Example, init=False)
    suspend: Callable[[Sequence[wire.Call]], Returns] | None = field(default=None, init=False)
    allowed: Allowed = field(default_factory=Allowed)
    asked_for: frozenset[str] = frozenset()
    _child: Child | None = None
    _failed: Verdict | None = None
    _imported: bool = False
    _late: dict[str, int] = field(default_factory=dict, init=False)
    _examined: dict[tuple[str, str, bytes], wire.Value] = field(default_factory=dict, init=False)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **keywords: self.reply(name, *arguments, **keywords).value

    @property
    def materials(self) -> dict[str, Path]:
        """The path of each material in use, for objects that are built from a material."""
        return self.sandbox.homework.material_paths()

    def begin(self, salt: str) -> None:
        """Start an example of a check; the seeds of the following calls depend on this salt."""
        self.example = Example(salt)

    def exhibit(
        self,
        name: str,
        values: Tensor,
        *,
        kind: Literal["", "image", "path", "curve"] = "",
        caption: str = "",
        axes: tuple[str, str] = ("", ""),
        scale: tuple[float, ...] = (),
    ) -> None:
        """Keep what student code made for the report; a later one of this name replaces it.

        Args:
            name: what the report calls it.
            values: an image (h, w), a path of rows (x, y), or a curve of rows (x, y) or, with a
                band, (x, y, low, high).
            kind: which of these; "" leaves it to the homework's figure, or to the shape.
            caption: what it shows.
            axes: what the axes show, across and up (of an image: down).
            scale: of an image, the values that are black and white, (0, 1) by default; otherwise
                the axes' limits (left, right, low, high), by default those of the values.
        Raises:
            InvalidHomework: no such kind or scale, or no tensor.
        """
        if not isinstance(values, Tensor):
            raise InvalidHomework(f"exhibit {name!r} is {type(values).__name__}, not a tensor")
        if kind not in ("", "image", "path", "curve"):
            raise InvalidHomework(f"exhibit {name!r}: kind {kind!r}; use image, path or curve")
        if scale and (
            len(scale) != (2 if kind == "image" else 4)
            or not all(low < high for low, high in zip(scale[::2], scale[1::2], strict=True))
        ):
            raise InvalidHomework(
                f"exhibit {name!r}: scale {scale}; an image has (low, high), any other kind (left, "
                "right, low, high), with each first number below the second"
            )
        with np.errstate(over="ignore"):  # values too large for float16 become infinite
            data = values.detach().numpy().astype("<f2").tobytes()
        self.exhibits[:] = [kept for kept in self.exhibits if kept.name != name]
        exhibit = Exhibit(
            name=name,
            shape=tuple(values.shape),
            data=data,
            kind=kind,
            caption=caption,
            axes=axes,
            scale=scale,
        )
        self.exhibits.append(exhibit)

    def aside(self, act: Callable[[], object]) -> None:
        """Do what only the report needs: whatever happens in its calls counts for no check.

        Nothing is done in a second look, whose exhibits nobody sees. `Broken` is still raised: a
        fault of the kit is never silent.
        """
        if self.source is not None and self.source.disguised:
            return
        before = self.spent, dict(self._late)
        try:
            act()
        except Broken:
            raise
        except Verdict:
            return
        finally:
            self.spent, self._late = before

    def reply(self, function: str, *arguments: object, **keywords: object) -> Reply:
        """Call one of the student's functions.

        Raises:
            Missing, Raised, TimedOut, Died, Refused: what happened instead of an answer.
        """
        return self._call([self._order(function, arguments, keywords)])[0]

    def again(self, function: str, *arguments: object, **keywords: object) -> Answer:
        """What a second call on the same objects returns; raises like `reply`."""
        return self._call([self._order(function, arguments, keywords, times=2)])[0].value

    def rerun(self, function: str, *arguments: object, **keywords: object) -> Answer:
        """The same where the second call goes on with the random numbers after the first's."""
        order = self._order(function, arguments, keywords, times=2)
        return self._call([msgspec.structs.replace(order, goes_on=True)])[0].value

    def keep(
        self, function: str, arguments: tuple[object, ...], then: tuple[object, ...]
    ) -> Answer:
        """What a call returned, as it is after another call; raises like `reply`."""
        order, other = (self._order(function, each, {}) for each in (arguments, then))
        order = msgspec.structs.replace(order, then=other.arguments)
        return self._call([order])[0].value

    def each(
        self, function: str, rows: Iterable[tuple[object, ...] | dict[str, object]]
    ) -> list[Answer]:
        """What independent calls return, one for each row of arguments; raises like `reply`.

        They are sent as one message: together they may take as long as one call.

        Args:
            rows: the arguments by position or, in a dictionary, by name.
        """
        orders = [
            self._order(function, (), row)
            if isinstance(row, dict)
            else self._order(function, row, {})
            for row in rows
        ]
        return [reply.value for reply in self._call(orders)] if orders else []

    def _order(
        self,
        function: str,
        arguments: tuple[object, ...],
        keywords: dict[str, object],
        times: int = 1,
    ) -> wire.Call:
        self._expect_asked_for(function)
        places = {f"argument {k + 1}": item for k, item in enumerate(arguments)}
        try:
            packed = tuple(values.pack_arguments(places).values())
            named = values.pack_arguments(keywords)
        except values.CannotCross as fault:
            raise Broken(f"{function}: the check's {fault}") from None
        self.example.calls += 1
        return wire.Call(self.example.calls, function, packed, named, self.draw_seed(), times)

    def _expect_asked_for(self, function: str) -> None:
        """Refuse a name that the template does not have: that is a mistake in the check.

        Raises:
            InvalidHomework: it names the nearest.
        """
        if self.asked_for and function not in self.asked_for:
            near = difflib.get_close_matches(function, sorted(self.asked_for), n=1)
            nearest = f"; the nearest is `{near[0]}`" if near else ""
            raise InvalidHomework(
                f"the check calls `{function}`, which the template does not have{nearest}"
            )

    def _call(self, calls: list[wire.Call]) -> list[Reply]:
        answers, elapsed = (self.suspend or self.send)(calls)
        pairs = zip(calls, answers, strict=True)
        return [self._opened(call, returned, elapsed) for call, returned in pairs]

    def send(self, calls: Sequence[wire.Call]) -> Returns:
        """The answers to calls that are sent as one message.

        Raises:
            Missing, TimedOut, Died, Refused, Broken: what happened instead of the answers.
        """
        before = self.spent
        try:
            answer = self._ask(wire.Calls(tuple(calls)), calls[0].function)
        except TimedOut as verdict:
            verdict.called = self._arguments(calls)
            raise
        numbers = [call.number for call in calls]
        if not isinstance(answer, wire.Answers) or [a.number for a in answer.answers] != numbers:
            self.close()
            raise Refused(f"{calls[0].function}: the process sent an answer to some other call")
        return list(answer.answers), self.spent - before

    def _arguments(self, calls: Sequence[wire.Call]) -> dict[str, object]:
        """The arguments of calls that all have the same; none if they differ."""
        first = calls[0]
        if any((c.arguments, c.keywords) != (first.arguments, first.keywords) for c in calls):
            return {}
        names = self.sandbox.homework.parameters_of(first.function)[: len(first.arguments)]
        given = dict(zip(names, first.arguments, strict=False)) | first.keywords
        return {name: _shown(value) for name, value in given.items()}

    def _opened(self, call: wire.Call, answer: wire.Returned, elapsed: float) -> Reply:
        function = call.function
        # The child's clocks cannot be trusted: at most the time that passed here.
        seconds, cpu = (t if 0 <= t <= elapsed else elapsed for t in (answer.seconds, answer.cpu))
        self.cpu += cpu
        output = raw(self.example.printed) + raw(answer.printed)
        self.example.printed = output[-wire.PRINTED_LIMIT :]
        if self.answered is not None:
            self.answered.append((function, answer.value))
        self._note(answer.notes)
        if answer.missing:
            raise self._undefined(function)
        if answer.error is not None:
            if answer.error.type == wire.KIT_FAULT:
                raise self._unbuilt(call, answer.error.text)
            if answer.error.type == "NotImplementedError":
                raise Missing(_not_written(function, answer.error.text))
            text = quoted("{}{}", described(answer.error), self._signature(call, answer.error))
            led = self._led_to(answer.error)
            raise Raised(_in_lines([text, *led]), hint="" if led else advice(answer.error))
        try:
            return Reply(values.unpack(answer.value), answer.changed, seconds, cpu)
        except wire.WireError as fault:
            raise Refused(f"{function} returned {fault}") from None

    def _unbuilt(self, call: wire.Call, text: Foreign) -> Verdict:
        """Who is responsible if the arguments could not be built; the child's word is no proof."""
        try:
            for item in (*call.arguments, *call.keywords.values()):
                if isinstance(item, wire.Given):
                    self.sandbox.homework.kinds().build(item, self.materials)
        except Exception:  # noqa: BLE001 - whatever it is, it is the kit's fault
            why = "{}: its arguments could not be built: {}"
            return Broken(quoted(why, call.function, text))
        what = "Python no longer works in its process; does the file change Python or torch itself?"
        return Raised(quoted("{}: {} ({})", call.function, what, line(text)))

    def _signature(self, call: wire.Call, error: wire.Error) -> str:
        """The template's parameters, where the call itself did not fit the function."""
        if error.type != "TypeError" or error.lines:
            return ""
        names = ", ".join(self.sandbox.homework.parameters_of(call.function))
        if not names:
            return ""
        template = f"{call.function}({names})"
        return f"\nThe template has {template}: keep these parameters and their names."

    def examine(self, module: str, function: str, value: object) -> Any:
        """Judge a student's answer by a function of `graders/`, in a process with its own limits.

        Raises:
            Refused: the answer exceeds the limits.
        """
        packed = values.pack(value)
        key = module, function, msgspec.msgpack.encode(packed)
        if key not in self._examined:
            self._examined[key] = self._judged(module, function, packed)
        return values.unpack(self._examined[key])

    def _judged(self, module: str, function: str, packed: wire.Value) -> wire.Value:
        try:
            answer = self.sandbox.trusted(module, function, packed)
        except (TimedOut, Died):
            raise Refused("the answer is too large to be judged within the limits") from None
        if answer.error is None:
            return answer.value
        if answer.error.type in TOO_LARGE:
            raise Refused("the answer is too large to be judged within the limits")
        if answer.error.type == wire.KIT_FAULT:
            raise Broken(quoted("{}: {}", function, described(answer.error)))
        raise Refused(quoted("the answer cannot be judged: {}", described(answer.error)))

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Allow each call inside `seconds` instead of CALL_SECONDS."""
        example = self.example
        before, example.seconds = example.seconds, seconds
        try:
            yield
        finally:
            example.seconds = before

    @contextmanager
    def same_seed(self) -> Iterator[None]:
        """Give all calls inside the same seed: their answers differ only by their arguments."""
        example = self.example
        before, example.fixed_seed = example.fixed_seed, self.draw_seed()
        try:
            yield
        finally:
            example.fixed_seed = before

    def draw_seed(self) -> int:
        """The next seed of the current example, 63 bits."""
        if self.example.fixed_seed is not None:
            return self.example.fixed_seed
        text = f"{self.seed}|{self.example.salt}|{self.example.calls}".encode()
        return int.from_bytes(hashlib.sha256(SALT + text).digest()[:8], "big") >> 1

    def close(self) -> None:
        """End the student's process."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def abandon(self) -> None:
        """End the student's process although a call may be under way."""
        self._child = None
        self.sandbox.restart()

    def attempt(self, calls: Sequence[wire.Call]) -> Returns | None:
        """The answers as from `send`; None where there are none, and then it counts for nothing."""
        before = self.spent, dict(self._late)
        try:
            return self.send(calls)
        except Verdict:
            self.spent, self._late = before
            return None

    def _ask(self, message: wire.Calls, function: str) -> wire.FromChild:
        child = self._open()
        left = self._problem_seconds - self.spent
        if left <= 0:
            raise TimedOut(f"the {self._problem_seconds:g} s for this problem are used up")
        strikes = self._late.get(function, 0)
        if strikes > 1:
            raise TimedOut(f"{function} was too slow twice and is not called again")
        started = time.perf_counter()
        limit = SECOND_SECONDS if strikes else self.example.seconds or CALL_SECONDS
        # On a machine that is twice as slow, what may take longer may take twice as long.
        limit *= (self.allowed.seconds_per_call or CALL_SECONDS) / CALL_SECONDS
        try:
            return child.ask(message, min(limit, left))
        except TimedOut:
            self._child = None
            self._late[function] = strikes + 1
            late = self._late_evidence(message.calls, limit, left)
            raise TimedOut(f"{function}: {late}", hint=LATE) from None
        except (Died, Refused) as verdict:
            self._child = None
            raise type(verdict)(quoted("{}: {}", function, verdict.evidence)) from None
        except Broken:
            self._child = None
            raise
        finally:
            self.spent += time.perf_counter() - started

    def _late_evidence(self, calls: Sequence[wire.Call], limit: float, left: float) -> str:
        """What to say of calls that took longer than their limit, or than the problem had left."""
        count = sum(call.times + bool(call.then) for call in calls)
        answer = "no answer" if count == 1 else f"no answer to {count} calls together"
        if limit <= left:
            return f"{answer} within {rounded(limit)} s"
        rest = f"the rest of the problem's {self._problem_seconds:g} s"
        return f"{answer} within {rounded(left)} s, {rest}"

    @property
    def _problem_seconds(self) -> float:
        return self.allowed.seconds_per_problem or PROBLEM_SECONDS

    def _open(self) -> Child:
        if self.source is None:
            raise Missing(self.lacking)
        if self._failed is not None:
            raise self._failed
        if self._child is None:
            self._load(self.source)
            return self._open()
        return self._child

    def _load(self, source: wire.Load) -> None:
        """Import the source, without the statements that end or outlive their process."""
        started = time.perf_counter()
        self._try_loads(source)
        # The first import has its own limit; only after a crash is there another one.
        if self._imported:
            self.spent += time.perf_counter() - started
        self._imported = True

    def _try_loads(self, source: wire.Load) -> None:
        for ended in range(LOADS):
            child = self.sandbox.child()
            left = max(FILE_SECONDS - ended * STATEMENT_SECONDS, 0.0)
            order = msgspec.structs.replace(source, passed=tuple(self.passed), seconds=left)
            total = LOADS_SECONDS
            if self._imported:
                total = min(total, max(self._problem_seconds - self.spent, 0.1))
            try:
                answer = child.load(order, min(LOAD_SECONDS, total), total)
            except (TimedOut, Died, Refused) as verdict:
                if self._leave_out(child.at, verdict, interactive=source.interactive):
                    continue
                self._fail(type(verdict), verdict.evidence)
                return
            if not isinstance(answer, wire.Loaded):
                child.close()
                self._fail(Refused, "the process sent an answer to some other call")
            elif answer.error is not None:
                child.close()
                what = described(answer.error)
                why = quoted("{} could not be imported: {}", self._where(), what)
                self._failed = Raised(why, inputs="", hint=advice(answer.error))
            else:
                self._loaded(answer)
                self._child = child
            return
        self._fail(TimedOut, f"{LOADS} of its statements were left out")

    def _leave_out(self, at: wire.Begun | None, verdict: Verdict, *, interactive: bool) -> bool:
        """Whether the import can be tried again without the statement that ended the process."""
        places = {each.place for each in self.passed}
        if at is None or isinstance(verdict, Refused) or at.place in places:
            return False
        late = isinstance(verdict, TimedOut) or "SIGVTALRM" in verdict.evidence
        why = too_slow(interactive=interactive) if late else verdict.evidence
        self.passed.append(wire.Skipped(at.cell, at.line, why, slow=True, column=at.column))
        return True

    def _loaded(self, answer: wire.Loaded) -> None:
        self.skipped = answer.skipped
        known = {each.place for each in self.passed}
        self.passed += [s for s in answer.skipped if s.slow and s.place not in known]
        self._note((*(each.said for each in answer.skipped), *answer.notes))

    def _note(self, notes: Iterable[Foreign]) -> None:
        if notes:
            self.notes = wire.notes((*self.notes, *notes))

    def _fail(self, kind: type[Verdict], why: Foreign) -> None:
        self._failed = kind(quoted("importing {}: {}", self._where(), why), inputs="")

    def _undefined(self, function: str) -> Verdict:
        """Why there is no such function: a statement that was skipped, or nobody wrote it."""
        what = quoted("{} has no function {}", self._where(), function)
        led = [each.said for each in self.skipped if {function, "*"} & _words(each.names)]
        return Raised(_in_lines([what, *led[:3]]), inputs="") if led else Missing(what)

    def _led_to(self, error: wire.Error) -> list[Foreign]:
        """The skipped statements that would have bound what an error says is lacking."""
        if error.type not in ("NameError", "AttributeError", "ImportError"):
            return []
        lacking = set(re.findall(r"'(\w+)'", raw(error.text)))
        return [each.said for each in self.skipped if lacking & _words(each.names)][:3]

    def _where(self) -> str:
        if self.source is None:
            return "the submission"
        name = self.source.cells[0].name if self.source.cells else self.source.name
        return name.partition(",")[0]


def shadowed_names() -> frozenset[str]:
    """The public names of `Student` itself; a check cannot call a function of such a name."""
    names = {*dir(Student), *(each.name for each in fields(Student))}
    return frozenset(name for name in names if not name.startswith("_"))


def described(error: wire.Error) -> Foreign:
    """An exception of student code: its type and text, then the student's own lines."""
    text = quoted("{}: {}", error.type, error.text) if error.text else error.type
    return quoted("\n".join(["{}", *["  {}"] * len(error.lines)]), text, *error.lines)


def _not_written(function: str, text: Foreign) -> Foreign:
    """What to say after a NotImplementedError; the template's own text adds nothing."""
    if not text or raw(text).startswith("problem "):
        return f"{function} is not written yet"
    return quoted("{} is not written yet: {}", function, text)


def _shown(value: wire.Value) -> object:
    return value if isinstance(value, wire.Given) else values.unpack(value)


def _in_lines(texts: Sequence[Foreign]) -> Foreign:
    return quoted("\n".join(["{}"] * len(texts)), *texts)


def _words(names: Iterable[Foreign]) -> set[str]:
    return {raw(name) for name in names}
