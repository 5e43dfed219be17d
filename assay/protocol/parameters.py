"""How well the parameters of a function fit those that the template has."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def asked_of(template: ast.FunctionDef) -> tuple[tuple[str, ...], int]:
    """The names of a template's positional parameters, and how many of them have no default."""
    names = tuple(each.arg for each in (*template.args.posonlyargs, *template.args.args))
    return names, len(names) - len(template.args.defaults)


def fit(
    given: Sequence[str], required: int, asked: Sequence[str], needed: int, *, is_open: bool
) -> int:
    """2 if the parameters are the template's, 1 if only their number is, otherwise 0.

    Args:
        given: the names of a function's positional parameters.
        required: how many of its parameters have no default.
        asked: the names that the template has.
        needed: how many of these have no default: the others may be missing.
        is_open: whether the function takes any number of positional arguments.
    """
    if required > len(asked) or (len(given) < needed and not is_open):
        return 0
    known = {*asked[:needed]} & {*given}
    return 2 if 2 * len(known) >= needed else 1
