"""Laws that more than one problem holds its functions against."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from assay.assertions.compare import expect, expect_close, finite
from assay.assertions.show import show, show_inputs

if TYPE_CHECKING:
    from assay.sandbox.student import Student


def leaves_arguments_alone(student: Student, function: str, *arguments: Any) -> None:
    """The call modifies none of its tensor arguments in place.

    Raises:
        Wrong: names the arguments that came back changed.
    """
    changed = student.reply(function, *arguments).changed
    places = ", ".join(f"argument {int(name) + 1}" if name.isdigit() else name for name in changed)
    expect(
        not changed,
        f"{function} modified {places} in place",
        hint="Work on a copy (`clone`) or build a new tensor: the caller still needs the original.",
    )


def repeats_itself(student: Student, function: str, *arguments: Any) -> None:
    """A second call on the same objects, with the same random numbers, gives the same.

    Raises:
        Wrong: it gives something else.
    """
    with student.same_luck():
        first = finite(student.reply(function, *arguments).value, None, function)
        second = finite(student.again(function, *arguments), tuple(first.shape), function)
    expect_close(
        second,
        first,
        what="the second of two calls on the same tensors",
        hint="What does the first call leave behind: on its arguments, in a global, in a cache?",
    )


def has_defaults(
    call: Callable[[dict[str, Any]], Tensor],
    student: Student,
    told: dict[str, Any],
    named: dict[str, Any],
    *,
    what: str,
    rtol: float,
    atol: float = 0.0,
) -> Tensor:
    """What a call is not told is as in `named`: the same random numbers give the same result.

    Where a second call with the same settings gives something else, her source of randomness is
    none that can be seeded, and nothing is held.

    Args:
        call: the student's function, by settings.
        told, named: few settings, and the same ones with the defaults beside them.
        rtol, atol: what rounding in float32 leaves.
    Returns:
        The result with `told`.
    Raises:
        Wrong: tells both settings.
    """

    def same(one: Tensor, other: Tensor) -> bool:
        return bool(torch.allclose(one, other, rtol=rtol, atol=atol))

    with student.same_luck():
        left, first = call(told), call(named)
        if not same(left, first):
            expect(
                not same(call(named), first),
                f"with the same random numbers {what} gives {show(_last(left))} with "
                f"{show_inputs(told) or 'no more'}, and {show(_last(first))} with "
                f"{show_inputs(named)}",
                hint="See the default values in the signature.",
            )
    return left


def _last(result: Tensor) -> Tensor:
    return result[-1] if result.ndim else result
