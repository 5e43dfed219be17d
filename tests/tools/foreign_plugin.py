"""For mypy: a foreign text (`assay.foreign`) cannot be formatted, not even by an f-string.

mypy accepts any object in an f-string; this plugin refuses those that may hold a student's text.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import Context
from mypy.plugin import FunctionContext, MethodContext, Plugin
from mypy.types import Instance, ProperType, Type, UnionType, get_proper_type

FOREIGN = "assay.foreign.Foreign"
MESSAGE = "a foreign text cannot be formatted: make it harmless (assay.report.text) or `quoted`"


def is_foreign(kind: Type) -> bool:
    """Whether a value of this type may be a foreign text."""
    proper: ProperType = get_proper_type(kind)
    if isinstance(proper, UnionType):
        return any(is_foreign(item) for item in proper.items)
    return isinstance(proper, Instance) and proper.type.fullname == FOREIGN


def refuse(context: FunctionContext | MethodContext) -> Type:
    """Report each argument that is foreign."""
    for kinds, nodes in zip(context.arg_types, context.args, strict=True):
        for kind, node in zip(kinds, nodes, strict=True):
            if is_foreign(kind):
                where: Context = node
                context.api.fail(MESSAGE, where)
    return context.default_return_type


class ForeignPlugin(Plugin):
    """Looks at every call of `str.format`, which is what an f-string is, of `str` and `print`."""

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """For `"…".format(…)` and f-strings."""
        return refuse if fullname == "builtins.str.format" else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """For `str(…)`, `repr(…)` and `print(…)`."""
        return refuse if fullname in ("builtins.str", "builtins.repr", "builtins.print") else None


def plugin(_version: str) -> type[Plugin]:
    """What mypy asks for."""
    return ForeignPlugin
