"""Properties that several problems check: arguments left unchanged, repeatability, defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from assay.assertions.compare import ATOL, RTOL, expect, expect_close, finite, tensor
from assay.assertions.show import show, show_inputs
from assay.foreign import line

if TYPE_CHECKING:
    from assay.foreign import Foreign
    from assay.sandbox.student import Student

Settings = dict[str, Any]  # keyword arguments of a student's function
Leaves = list[Tensor]  # the tensors of an answer

LEFT_BEHIND = (
    "What does the first call leave behind: in its arguments, in their attributes, in a global, in "
    "a cache?"
)


def leaves_arguments_alone(
    student: Student, function: str, *arguments: object, unlike: tuple[object, ...] = ()
) -> None:
    """Check that a call changes none of its arguments, and leaves nothing that changes a later one.

    The later calls are one on the same objects, one with other arguments if there are any, and
    then the first call again, whose result must outlive another call.

    Args:
        unlike: other arguments, for which a correct answer is another one. An answer that is the
            same for both, or that is one of the arguments, then fails: it has done nothing yet.
    Raises:
        Wrong: the message names the arguments that changed, or says which call differs.
    """
    with student.same_seed():
        reply = student.reply(function, *arguments)
        damage = [_damage(student, function, name) for name in reply.changed]
        hint = "Work on a copy (`clone`): the caller still needs the original tensor."
        expect(not damage, f"{function}: {' and '.join(damage)}", hint=hint)
        first = _leaves(reply.value, function)
        second = _leaves(student.again(function, *arguments), function)
        _expect_same(f"{function}: a second call with the same objects", second, first)
        if unlike:
            other = _leaves(student.reply(function, *unlike).value, function)
            expect_work(function, first, arguments, other)
            kept = _leaves(student.keep(function, arguments, then=unlike), function)
            if _same(kept, first):
                return
            later = _leaves(student.reply(function, *arguments).value, function)
            _expect_same(f"{function}: a call after one with other arguments", later, first)
            _expect_kept(function, kept, first)


def expect_work(
    function: str, answer: Leaves, arguments: tuple[object, ...], other: Leaves
) -> None:
    """Check that an answer depends on the arguments and is none of them.

    Args:
        answer: to these arguments, as a list of its tensors.
        other: the answer to other arguments, for which a correct one differs.
    Raises:
        Wrong: it is the same for both, or one of the arguments; then it has done nothing yet.
    """
    expect(
        not _same(answer, other),
        f"{function} returns {show(_numbers(answer))} for two inputs with different answers",
        hint="Does the result depend on the arguments at all?",
    )
    given = [item.to(torch.float64) for item in arguments if isinstance(item, Tensor)]
    returned = any(
        each.shape == item.shape and bool((each == item).all())
        for each in answer
        for item in given
        if item.numel() > 1
    )
    expect(
        not returned,
        f"{function} returns one of its arguments as it was",
        hint="What should be different about the result?",
    )


def repeats_itself(student: Student, function: str, *arguments: object) -> None:
    """Check that a second call with the same objects and random numbers gives the same result.

    Raises:
        Wrong: the second result differs.
    """
    with student.same_seed():
        first = finite(student.reply(function, *arguments).value, None, function)
        second = finite(student.again(function, *arguments), tuple(first.shape), function)
    expect_close(
        second, first, what="the second of two calls with the same tensors", hint=LEFT_BEHIND
    )


def has_defaults(
    call: Callable[[Settings], Tensor],
    student: Student,
    given: Settings,
    complete: Settings,
    *,
    what: str,
    rtol: float,
    atol: float = 0.0,
) -> Tensor:
    """Check that omitted settings have the documented defaults: results with the same seed agree.

    Nothing is checked where a second call with the same settings differs as well: the student's
    random numbers then come from a source that cannot be seeded.

    Args:
        call: the student's function of its settings.
        given: some of the settings.
        complete: the same settings and the defaults of all others.
        what: the call, for the message.
        rtol, atol: what rounding in float32 may change.
    Returns:
        The result with `given`.
    Raises:
        Wrong: the results differ; the message shows both settings.
    """

    def same(one: Tensor, other: Tensor) -> bool:
        return bool(torch.allclose(one, other, rtol=rtol, atol=atol))

    with student.same_seed():
        shorter, longer = call(given), call(complete)
        if not same(shorter, longer):
            expect(
                not same(call(complete), longer),
                f"with the same random numbers, {what} returns {show(_last(shorter))} for "
                f"{show_inputs(given) or 'the defaults'}, but {show(_last(longer))} for "
                f"{show_inputs(complete)}",
                hint="Compare the default values with those in the template's signature.",
            )
    return shorter


def _last(result: Tensor) -> Tensor:
    return result[-1] if result.ndim else result


def _damage(student: Student, function: str, changed: Foreign) -> str:
    """What a call did to an argument, in words; `changed` is as in `Reply`, the child's word."""
    place, _, parameter = line(changed).partition(".")
    names = student.sandbox.homework.parameters_of(function)
    known = {str(index): f"`{name}`" for index, name in enumerate(names)}
    name = known.get(place, "an argument")
    if not parameter:
        return f"{name} was modified in place"
    if parameter == "grad":
        return f"the gradient that {name} came with was changed"
    return f"{name} was trained: its parameter {show(parameter)[:40]} changed"


def _leaves(value: object, what: str) -> Leaves:
    """The tensors of an answer: one, also as a list of its rows, or those of a tuple."""
    items = value if isinstance(value, list) else [value]
    leaves = [tensor(item, None, what) for item in items]
    is_one = len({tuple(each.shape) for each in leaves}) == 1
    return [torch.stack(leaves)] if is_one and len(leaves) > 1 else leaves


def _numbers(answer: Leaves) -> Tensor:
    return torch.cat([each.reshape(-1) for each in answer]) if answer else torch.empty(0)


def _expect_same(what: str, answer: Leaves, first: Leaves) -> None:
    """Check that a later call returned what the first one did."""
    returned, before = show(_numbers(answer)), show(_numbers(first))
    evidence = f"{what} returns {returned}, but the first call returned {before}"
    expect(_same(answer, first), evidence, hint=LEFT_BEHIND)


def _expect_kept(function: str, kept: Leaves, first: Leaves) -> None:
    """Check that a result is the same after another call."""
    returned, now = show(_numbers(first)), show(_numbers(kept))
    expect(
        _same(kept, first),
        f"{function} returned {returned}; after a call with other arguments, that result is {now}",
        hint="The caller still needs each result: does the next call write into the same memory?",
    )


def _same(one: Leaves, other: Leaves) -> bool:
    return [each.shape for each in one] == [each.shape for each in other] and all(
        torch.allclose(a, b, rtol=RTOL, atol=ATOL, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )
