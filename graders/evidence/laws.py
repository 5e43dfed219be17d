"""Laws that more than one problem holds its functions against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graders.evidence.compare import expect

if TYPE_CHECKING:
    from graders.sandbox.student import Student


def leaves_arguments_alone(student: Student, function: str, *arguments: Any) -> None:
    """The call modifies none of its tensor arguments in place.

    Raises:
        Wrong: names the arguments that came back changed.
    """
    changed = student.reply(function, *arguments).changed
    places = ", ".join(f"argument {int(name) + 1}" for name in changed if name.isdigit())
    expect(
        not changed,
        f"{function} modified {places or ', '.join(changed)} in place",
        hint="Work on a copy (clone), or build a new tensor: the caller still needs hers.",
    )
