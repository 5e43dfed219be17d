"""What a course allows its students: time for their code, and packages."""

from __future__ import annotations

import math

import msgspec

from assay.errors import InvalidInput

CALL_SECONDS = 5.0
PROBLEM_SECONDS = 20.0


class Allowed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The limits of a run; None is for the kit's own.

    Attributes:
        seconds_per_call: what one call of a student's function may take [s].
        seconds_per_problem: what all calls of a problem together may take [s].
        packages: what may be imported beside the standard library and what the kit itself needs,
            by the names of imports; None: all that is installed.
    """

    seconds_per_call: float | None = None
    seconds_per_problem: float | None = None
    packages: tuple[str, ...] | None = None

    def difference(self, other: Allowed) -> str:
        """How other limits differ, in words; empty if they do not."""
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                what = f"--{name.replace('_', '-')}"
                return f"{what} {_shown(mine)}, this one has {_shown(theirs)}"
        return ""


def expect_sensible(allowed: Allowed) -> None:
    """Refuse limits that no submission can keep.

    Raises:
        InvalidInput: a limit is not positive, or a problem gets less time than one call.
    """
    one, all_calls = allowed.seconds_per_call, allowed.seconds_per_problem
    for name, seconds in (("call", one), ("problem", all_calls)):
        if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
            raise InvalidInput(f"--seconds-per-{name} must be a number > 0, got {seconds:g}")
    call, problem = one or CALL_SECONDS, all_calls or PROBLEM_SECONDS
    if problem < call:
        raise InvalidInput(
            f"a problem gets {problem:g} s and one call {call:g} s: give --seconds-per-problem at "
            "least what --seconds-per-call has"
        )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return "the default" if value is None else f"{value:g}"
