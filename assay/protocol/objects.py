"""Objects given to a student's function that are not plain data: callables, symbols.

A homework registers a maker for each kind of object. A check names an object by its kind and its
parameters; the child builds it for the student, and the grader builds the same one for its own
evidence:

    kinds = Kinds()

    @kinds.add
    def line(slope: float) -> Callable[[Tensor], Tensor]: ...

    kinds.of("line", slope=2.0)               # what a check passes to the student
    kinds.build(kinds.of("line", slope=2.0))  # the callable itself
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from assay.errors import InvalidHomework
from assay.protocol import values, wire

Maker = TypeVar("Maker", bound=Callable[..., object])


class Kinds:
    """The kinds of objects that a homework gives to students' functions."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[..., object]] = {}
        self._materials: dict[str, str] = {}

    @classmethod
    def together(cls, several: Iterable[Kinds]) -> Kinds:
        """All kinds of several modules.

        Raises:
            InvalidHomework: two of them have the same name.
        """
        whole = cls()
        for kinds in several:
            for maker in kinds._makers.values():
                whole.add(maker)
            whole._materials |= kinds._materials
        return whole

    def add(self, maker: Maker) -> Maker:
        """Register a maker; the kind is its name, the parameters are tensors and numbers."""
        if maker.__name__ in self._makers:
            raise InvalidHomework(f"two kinds of objects are called {maker.__name__!r}")
        self._makers[maker.__name__] = maker
        return maker

    def add_from_material(self, material: str) -> Callable[[Maker], Maker]:
        """Register a maker that is also given the path of a material, as its first argument."""

        def register(maker: Maker) -> Maker:
            self._materials[maker.__name__] = material
            return self.add(maker)

        return register

    def of(self, kind: str, **parameters: object) -> wire.Given:
        """Name an object by its kind and its parameters (tensors and numbers).

        Raises:
            InvalidHomework: there is no such kind, it has other parameters, or one of these values
                cannot be sent to a student's process.
        """
        maker = self.maker(kind)
        material = (None,) if kind in self._materials else ()
        try:
            inspect.signature(maker).bind(*material, **parameters)
        except TypeError as fault:
            raise InvalidHomework(f"an object of kind {kind!r}: {fault}") from None
        try:
            return wire.Given(kind, values.pack_arguments(parameters))
        except values.CannotCross as fault:
            raise InvalidHomework(f"an object of kind {kind!r}: {fault}") from None

    def build(self, item: wire.Given, materials: Mapping[str, Path] | None = None) -> Any:
        """The object itself.

        Args:
            item: what `of` returned.
            materials: the path of each material; kinds that are made from a material need it.
        Raises:
            InvalidHomework: there is no such kind.
        """
        maker = self.maker(item.kind)
        parameters = {name: values.unpack(value) for name, value in item.parameters.items()}
        if item.kind not in self._materials:
            return maker(**parameters)
        return maker((materials or {})[self._materials[item.kind]], **parameters)

    def maker(self, kind: str) -> Callable[..., object]:
        """The function that makes the objects of a kind, as its module defines it.

        Raises:
            InvalidHomework: there is no such kind.
        """
        if kind not in self._makers:
            known = ", ".join(sorted(self._makers))
            raise InvalidHomework(f"no kind of object is called {kind!r}; there are: {known}")
        return self._makers[kind]

    def material_of(self, kind: str) -> str:
        """The name of the material that a kind is made from; empty if none."""
        return self._materials.get(kind, "")
