"""Laws that more than one problem holds its functions against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graders.evidence.compare import expect, expect_close, finite

if TYPE_CHECKING:
    from graders.sandbox.student import Student


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
        hint="Work on a copy (clone), or build a new tensor: the caller still needs hers.",
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
        second, first, what="the second of two calls on the same tensors",
        hint="What does the first call leave behind: on its arguments, in a global, in a cache?",
    )  # fmt: skip
