"""The process that student code runs in: it imports one source and answers calls to it."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np
import torch

from assay.foreign import Foreign, raw
from assay.homework import Homework
from assay.isolation.ground import holds_checkout
from assay.protocol import values, wire
from assay.protocol.channel import Channel
from assay.protocol.channel import Closed as HungUp
from assay.protocol.wire import valid
from assay.sandbox import disguise, ipython, machine, stand_ins
from assay.sandbox.execute import (
    PROVIDED_FOR,
    Closed,
    Runner,
    SubmissionFinder,
    TextFinder,
    file_of,
)
from assay.sandbox.explain import describe
from assay.sandbox.kept import Keeper

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Build = Callable[[wire.Value], object]


class Tail(io.BufferedIOBase):
    """What stands behind a program's stdout: it keeps the end of what is written to it.

    What may be taken in answer to one message is limited as well: see `renew`.
    """

    name, mode = "<stdout>", "wb"

    def __init__(self) -> None:
        self.kept = b""
        self.room = wire.PRINTED_TOTAL

    def stream(self) -> io.TextIOWrapper:
        """A text stream like the usual ones, which ends here."""
        return io.TextIOWrapper(
            self, encoding="utf-8", errors="replace", newline="\n", write_through=True
        )

    def writable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Stay open: a program may close its stdout, or drop a stream of its own that ends here."""

    def write(self, data: ReadableBuffer) -> int:
        """Keep the end of the data, and of what was there as far as there is room."""
        added, most = bytes(data), 4 * wire.PRINTED_LIMIT  # bytes: a character has 4 at most
        self.kept = (self.kept + added[-most:])[-most:]
        return len(added)

    def renew(self) -> None:
        """A new message begins: what was written outside its calls is no part of the answer."""
        self.kept, self.room = b"", wire.PRINTED_TOTAL

    def take(self) -> str:
        """The end of what was written since the last call, as valid text."""
        written, self.kept = self.kept.decode("utf-8", "replace"), b""
        text = written[-wire.PRINTED_LIMIT :][: self.room]
        self.room -= len(text)
        return text


def serve(channel: Channel, homework: Homework) -> None:
    """Report that the process is ready, then answer the grader's messages until it hangs up."""
    printed = Tail()
    sys.stdout, sys.stderr = printed.stream(), printed.stream()
    sys.stdin = io.StringIO()
    module = ModuleType("submission")
    build, call_one = _builder(homework), call
    channel.send(wire.frame(wire.Loaded(None, ())))
    while True:
        try:
            order = channel.receive()
            message = wire.for_child(order)
        except HungUp:
            return
        if isinstance(message, wire.Load):
            module = ModuleType(message.name)
            if message.disguised:
                disguise.put_on()
                disguise.change_folder()
                build, call_one = _nameless(build), _disguised
            hidden = disguise.hidden() if message.disguised else contextlib.nullcontext()
            with hidden:
                answer: wire.FromChild = load(message, module, homework, channel)
            if message.disguised:
                disguise.move_clocks()
        elif isinstance(message, wire.Calls):
            printed.renew()
            answer = wire.Answers(
                tuple(call_one(each, vars(module), printed, build) for each in message.calls)
            )
        elif isinstance(message, wire.Parse):
            answer = parsed(message)
        else:
            answer = trusted(message, homework)
        channel.send(_sendable(answer, wire.answer_limit(len(order))))


def forget_the_kit(homework: Homework) -> None:
    """Leave of the kit what this process is made of: no more of it can be imported.

    A checkout, this one or another that is installed, contains the reference.
    """
    sys.path[:] = [entry for entry in sys.path if entry and not holds_checkout(Path(entry))]
    packages = frozenset({"assay", homework.package})
    # For answers that are expressions; sympy is slow to import.
    sys.meta_path.insert(0, Closed(packages, frozenset({"assay.protocol.expressions"})))


def load(
    message: wire.Load, module: ModuleType, homework: Homework, channel: Channel
) -> wire.Loaded:
    """Run the statements of a source in order, and say where each begins."""

    def begun(cell: str, line: int, column: int) -> None:
        channel.send(wire.frame(wire.Begun(cell, line, column)))

    modules = homework.module_texts() | message.modules
    written = _files(message.modules, message.files)
    _lay_out(written | message.data, homework.data_files())
    keeper = Keeper(message.asked, module)
    runner = Runner(
        interactive=message.interactive,
        passed=message.passed,
        begun=begun,
        seconds=message.seconds,
        bound=keeper.look,
    )

    def run() -> None:
        for cell in message.cells:
            runner.attempt(cell, namespace)

    graded = (module, run) if message.is_in_package else None
    _prepare_imports(modules, runner, message.files, graded, message.packages)
    machine.adapt([*(cell.source for cell in message.cells), *message.modules.values()])
    namespace = vars(module)
    file = Path.cwd() / (message.cells[0].name.partition(",")[0] if message.cells else message.name)
    namespace["__file__"], sys.argv = str(file), [file.name]
    if message.interactive:
        ipython.provide(runner, namespace)
        sys.modules["__main__"], namespace["__name__"] = module, "__main__"
    warnings.simplefilter("ignore")
    seed_everything(0)
    if not message.is_in_package or not _imported(module):
        sys.modules[message.name] = module
        run()
    runner.loading = False
    notes = wire.notes((*keeper.restore(namespace), *_new_notes()))
    # The slow ones first: they must not be tried again.
    skipped = sorted(runner.skipped, key=lambda each: not each.slow)[: wire.NOTES]
    return wire.Loaded(None if runner.ran else runner.first, tuple(skipped), notes)


def _imported(module: ModuleType) -> bool:
    """Import a module of a package as the student would; whether it was run.

    It is not if a package around it cannot be imported at all.
    """
    name = module.__name__
    try:
        exec(compile(f"import {name}", "<import>", "exec", dont_inherit=True), {})
    except Exception:  # noqa: BLE001 - the module's own imports of the package say what is wrong
        module.__package__ = name.rpartition(".")[0] or name
        return False
    return True


def _prepare_imports(
    modules: dict[str, str],
    runner: Runner,
    files: dict[str, str],
    graded: tuple[ModuleType, Callable[[], None]] | None,
    packages: tuple[str, ...] | None,
) -> None:
    """Let student code import its own modules, what is installed and allowed, and stand-ins."""
    own = SubmissionFinder(modules, runner, own=True, files=files, graded=graded)
    rest = SubmissionFinder(modules, runner, files=files, graded=graded)
    own.forget_libraries()
    drawing = stand_ins.StandInFinder(modules, only=stand_ins.DRAWING)
    missing = stand_ins.StandInFinder(modules, PROVIDED_FOR)
    unlisted = [] if packages is None else [stand_ins.Unlisted(modules, PROVIDED_FOR, packages)]
    sys.meta_path[:] = [own, drawing, *unlisted, *sys.meta_path, rest, missing]


def _new_notes() -> tuple[Foreign, ...]:
    notes, machine.notes[:] = wire.notes(machine.notes), []
    return notes


def _files(modules: dict[str, str], files: dict[str, str]) -> dict[str, bytes]:
    """The submission's modules as files, for `%run` and for a program that opens its own file."""
    packages = {name.rpartition(".")[0] for name in modules}
    return {
        files.get(name) or file_of(name, package=name in packages): text.encode()
        for name, text in modules.items()
    }


def call(
    message: wire.Call, namespace: dict[str, object], printed: Tail, build: Build
) -> wire.Returned:
    """Call the student's function on freshly built arguments, and report what it did to them."""
    function = cast("Callable[..., object] | None", namespace.get(message.function))
    if function is None:
        return wire.Returned(message.number, None, missing=True)
    try:
        arguments = [build(item) for item in message.arguments]
        keywords = {name: build(item) for name, item in message.keywords.items()}
        others = [build(item) for item in message.then]
        before = _copies(arguments, keywords)
    except Exception as fault:  # noqa: BLE001 - the kit's fault: the function has not been called yet
        error = wire.Error(wire.KIT_FAULT, valid(f"{type(fault).__name__}: {fault}"), ())
        return wire.Returned(message.number, None, error)
    failure: wire.Error | None = None
    packed: wire.Value = None
    stand_ins.used.clear()
    started, cpu_started = time.perf_counter(), time.process_time()
    try:
        for k in range(message.times):
            if k == 0 or not message.goes_on:
                seed_everything(message.seed)
            value = function(*arguments, **keywords)
        if others:
            function(*others)
        missing = stand_ins.within(value)
        if missing:
            raise stand_ins.NotInstalled(missing)
        packed = values.pack(value)
    except BaseException as fault:  # noqa: BLE001 - student code may raise anything
        failure = _with_missing(describe(fault))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    return wire.Returned(
        message.number,
        packed,
        failure,
        changed=_changed(arguments, keywords, before),
        seconds=seconds,
        cpu=cpu,
        printed=printed.take(),
        notes=_new_notes(),
    )


def _disguised(
    message: wire.Call, namespace: dict[str, object], printed: Tail, build: Build
) -> wire.Returned:
    """The same in a disguised process: out of sight, with a small seed that was used before."""
    function = namespace.get(message.function)
    if callable(function):

        def used(*arguments: object, **keywords: object) -> object:
            disguise.draw_some()
            with disguise.hidden():
                return disguise.out_of_sight(function)(*arguments, **keywords)

        namespace = {message.function: used}
    message = msgspec.structs.replace(message, seed=disguise.small(message.seed))
    return call(message, namespace, printed, build)


def _nameless(build: Build) -> Build:
    return lambda item: disguise.nameless(build(item))


def _with_missing(error: wire.Error) -> wire.Error:
    """An error, with the missing packages that the call used."""
    absent = [f"{package} is not installed on this machine" for package in stand_ins.used]
    said = raw(error.text)
    text = "; ".join([said, *(each for each in sorted(absent) if each not in said)])
    return msgspec.structs.replace(error, text=valid(text))


def trusted(message: wire.Trusted, homework: Homework) -> wire.Returned:
    """Run a function of the homework's `graders/` on untrusted data."""
    started = time.process_time()
    sys.meta_path.insert(0, TextFinder(message.sources))
    try:
        function = getattr(homework.module(message.module), message.function)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is the kit's fault
        return wire.Returned(0, None, wire.Error(wire.KIT_FAULT, valid(repr(fault)), ()))
    try:
        value = values.pack(function(*(values.unpack(item) for item in message.arguments)))
    except Exception as fault:  # noqa: BLE001 - the grader decides what it means
        return wire.Returned(0, None, wire.Error(type(fault).__name__, valid(str(fault)), ()))
    return wire.Returned(0, value, cpu=time.process_time() - started)


def parsed(message: wire.Parse) -> wire.Returned:
    """Read a TOML file; whatever is wrong with it is the file's fault."""
    try:
        table = tomllib.loads(message.content.decode("utf-8-sig"))
        rows = tuple(wire.Items((*keys, values.pack(value))) for keys, value in _leaves(table))
    except Exception as fault:  # noqa: BLE001 - a parser may raise anything on a bad file
        return wire.Returned(0, None, wire.Error(type(fault).__name__, valid(str(fault)), ()))
    return wire.Returned(0, wire.Items(rows))


def _leaves(table: dict[str, object], *keys: str) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every value that is not a table, and the keys that lead to it."""
    for key, value in table.items():
        path = (*keys, valid(key, wire.NAME_LIMIT))
        if isinstance(value, dict) and value:
            yield from _leaves(value, *path)
        else:
            yield path, value


def _builder(homework: Homework) -> Build:
    """The function that turns a wire value into the object passed to a student's function."""
    kinds, materials = homework.makers(), homework.material_paths()

    def build(item: wire.Value) -> object:
        if isinstance(item, wire.Given):
            return kinds.build(item, materials)
        return values.unpack(item)

    return build


def seed_everything(seed: int) -> None:
    """Seed every random generator that a student may use."""
    # Not torch.manual_seed: without an accelerator it formats three tracebacks per call (0.2 ms).
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)


def _copies(arguments: list[object], keywords: dict[str, object]) -> dict[str, torch.Tensor]:
    """The values that a call must not change: tensors, and the parameters of models."""
    return {name: tensor.clone() for name, tensor in _watched(arguments, keywords).items()}


def _changed(
    arguments: list[object], keywords: dict[str, object], before: dict[str, torch.Tensor]
) -> tuple[str, ...]:
    """The names of what changed: "0" and "y" for arguments, "0.mean" for a model's parameter.

    The gradient that an argument came with is "0.grad".
    """
    after = _watched(arguments, keywords)
    return tuple(n for n, old in before.items() if n not in after or not _same(after[n], old))


def _watched(arguments: list[object], keywords: dict[str, object]) -> dict[str, torch.Tensor]:
    """The tensors among the arguments, and the parameters of models or of their bound methods.

    Of an argument's gradient it is known whether a call changed it only if the argument came with
    one: a program may ask for gradients of a tensor that it was given.
    """
    watched: dict[str, torch.Tensor] = {}
    for name, item in [*((str(n), item) for n, item in enumerate(arguments)), *keywords.items()]:
        owner = getattr(item, "__self__", item)
        if type(item) is torch.Tensor:
            watched[name] = item.detach()
            if item.is_leaf and item.grad is not None:
                watched[f"{name}.grad"] = item.grad
        elif isinstance(owner, torch.nn.Module):
            watched |= {f"{name}.{own}": each.detach() for own, each in owner.named_parameters()}
    return watched


def _same(new: torch.Tensor, old: torch.Tensor) -> bool:
    if new.shape != old.shape or new.dtype != old.dtype:
        return False
    if torch.equal(new, old):
        return True
    kept = (new == old) | (new.isnan() & old.isnan())
    return bool(kept.all())


def _lay_out(data: dict[str, bytes], handed_out: Iterable[Path]) -> None:
    """Write the submission's data files into the current folder, and link those handed out."""
    here = Path.cwd()
    for name, content in data.items():
        target = here / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for source in handed_out:
        if not (here / source.name).exists() and hasattr(os, "symlink"):
            (here / source.name).symlink_to(source)


def _sendable(answer: wire.FromChild, limit: int) -> bytes:
    try:
        return wire.frame(answer, limit)
    except wire.WireError as fault:
        if not isinstance(answer, wire.Answers):
            return wire.frame(wire.Returned(0, None, wire.Error("WireError", str(fault), ())))
        refused = (wire.Returned(each.number, wire.Other(str(fault))) for each in answer.answers)
        return wire.frame(wire.Answers(tuple(refused)))
