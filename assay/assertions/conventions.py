"""Properties that several problems check: arguments left unchanged, repeatability, defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from assay.assertions.compare import expect, expect_close, finite
from assay.assertions.show import show, show_inputs

if TYPE_CHECKING:
    from assay.sandbox.student import Student

Settings = dict[str, Any]  # keyword arguments of a student's function


def leaves_arguments_alone(student: Student, function: str, *arguments: object) -> None:
    """Check that the call modifies none of its tensor arguments in place.

    Raises:
        Wrong: the message names the arguments that changed.
    """
    changed = student.reply(function, *arguments).changed
    places = ", ".join(f"argument {int(name) + 1}" if name.isdigit() else name for name in changed)
    expect(
        not changed,
        f"{function} modified {places} in place",
        hint="Work on a copy (`clone`): the caller still needs the original tensor.",
    )


def repeats_itself(student: Student, function: str, *arguments: object) -> None:
    """Check that a second call with the same objects and random numbers gives the same result.

    Raises:
        Wrong: the second result differs.
    """
    with student.same_luck():
        first = finite(student.reply(function, *arguments).value, None, function)
        second = finite(student.again(function, *arguments), tuple(first.shape), function)
    expect_close(
        second,
        first,
        what="the second of two calls with the same tensors",
        hint="What does the first call leave behind: in its arguments, in a global, in a cache?",
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

    with student.same_luck():
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
