"""Stand-ins for packages that a submission imports and this machine does not have.

Such an import succeeds, and whatever comes out of the package is a stand-in too: it can be called,
indexed, unpacked, drawn on and computed with, and stays a stand-in. So a plot or a data set costs
nothing, wherever it is made. But a stand-in is no answer, and has no value: where Python needs a
number, a truth or a length, `NotInstalled` is raised, and names the package. Only what packages for
display give back has a harmless value, since no answer depends on it.
"""

from __future__ import annotations

import builtins
import difflib
import importlib.abc
import importlib.machinery
import opcode
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from types import CodeType, FunctionType, ModuleType

import numpy as np

from assay.protocol.libraries import PRESENT
from assay.sandbox.limits import importer

# They report progress: what they are given can be iterated over through them.
PROGRESS = frozenset({"tqdm", "rich", "fastprogress", "alive_progress", "progressbar"})
# They compile: here their decorators leave a function as it is, and their loops are Python's.
COMPILERS = frozenset({"numba"})
# They draw. A stand-in takes their place even where they are installed: no verdict may depend on
# that, and a function may plot what it computes though it is tried with shapes of no picture.
DRAWING = {"altair", "bokeh", "matplotlib", "mpl_toolkits", "plotly", "seaborn"}
# They show something to a person.
DISPLAY = (
    PROGRESS | DRAWING | {"IPython", "ipywidgets", "livelossplot", "tensorboard", "tensorboardX"}
)
# tensorboard and others import parts of it.
NEEDED_BY_LIBRARIES = DISPLAY | {"google"}
# Real libraries look at the version of others: matplotlib.pyplot at that of IPython.
NEWEST = (99, 0, 0)
PIXEL = np.zeros((1, 1, 3))  # a picture, as an array
ALIKE_OWN, ALIKE = 0.75, 0.8  # similarity from which on an import is taken for misspelt

LOOKED_AT = 100  # items of a list, for a stand-in among them

used: set[str] = set()  # the packages whose stand-ins were used, but for display


class NotInstalled(ModuleNotFoundError):
    """The value of a stand-in was needed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed on this machine", name=package)


class Nothing:
    """What comes out of a package that is not here.

    Attributes:
        _of: the package.
        _name: the last attribute that led here.
        _given: what a progress bar was given to iterate over.
    """

    def __init__(self, of: str, name: str = "", given: Iterable[object] | None = None) -> None:
        self._of, self._name, self._given = of, name, given

    def __call__(self, *arguments: object, **keywords: object) -> object:
        """Another stand-in; a decorator returns what it decorates."""
        self._use()
        if len(arguments) == 1 and not keywords and _is_decorated(arguments[0]):
            return arguments[0]
        return Nothing(self._of, self._name, self._items(arguments, keywords))

    def __getattr__(self, name: str) -> object:
        if name in ("__name__", "__qualname__", "__version__"):
            return self._name
        if name.startswith("__") or name in ("_of", "_name", "_given"):
            raise AttributeError(name)
        self._use()
        return Nothing(self._of, name)

    def __setitem__(self, key: object, value: object) -> None:
        self._use()

    def __delitem__(self, key: object) -> None:
        self._use()

    def __iter__(self) -> Iterator[object]:
        """As many stand-ins as there are targets to unpack into; a progress bar's own items."""
        targets = _targets(sys._getframe(1))
        if targets is None and self._given is not None:
            return iter(self._given)
        if targets is None:
            self._value()
        return iter([Nothing(self._of) for _ in range(1 if targets is None else targets)])

    def __len__(self) -> int:
        if self._given is not None:
            return len(self._given)  # type: ignore[arg-type]
        self._value()
        return 1

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __bool__(self) -> bool:
        self._value()
        return True

    def __int__(self) -> int:
        self._value()
        return 0

    __index__ = __int__

    def __float__(self) -> float:
        self._value()
        return 0.0

    def __lt__(self, other: object) -> bool:
        self._value()
        return False

    __le__ = __gt__ = __ge__ = __contains__ = __lt__

    def __format__(self, form: str) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"<{self._of}>"

    __repr__ = __str__

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        self._value()
        return PIXEL

    def __array_ufunc__(self, *_: object, **__: object) -> Nothing:
        self._use()
        return self

    __array_function__ = __array_ufunc__

    @classmethod
    def __torch_function__(
        cls, function: object, types: object, arguments: Iterable[object] = (), _: object = None
    ) -> object:
        """What an operation of torch on a stand-in gives."""
        return next((a for a in arguments if isinstance(a, Nothing)), Nothing("a package"))

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        """A class for those who derive from a stand-in."""
        return (type(self._name or "Base", (Derived,), {"_of": self._of}),)

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def _use(self) -> None:
        if self._of not in DISPLAY:
            used.add(self._of)

    def _value(self) -> None:
        """Refuse a value that an answer may depend on.

        Raises:
            NotInstalled: the package is not for display.
        """
        if self._of not in DISPLAY:
            used.add(self._of)
            raise NotInstalled(self._of)

    def _items(
        self, arguments: tuple[object, ...], keywords: dict[str, object]
    ) -> Iterable[object] | None:
        """What a loop runs over: `tqdm(x)` over x, `trange(n)` and `prange(n)` over range(n)."""
        if self._of not in PROGRESS | COMPILERS:
            return None
        plain = getattr(builtins, self._name[1:], None) if self._name[:1] in "tp" else None
        if plain is not None and arguments:
            return plain(*arguments)  # type: ignore[no-any-return]
        given = [*arguments[:1], *(k for k in keywords.values() if not isinstance(k, str))]
        return next((item for item in given if isinstance(item, Iterable)), None)


class Derived(Nothing):
    """What a student's class derives from in place of a class of a missing package."""

    def __init__(self, *_: object, **__: object) -> None:
        self._name, self._given = "", None


def _absorb(self: Nothing, *_: object) -> Nothing:
    self._use()
    return self


_ONE = ("neg", "pos", "abs", "invert", "round", "getitem")
_TWO = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or")
for _operation in (*_ONE, *_TWO, *(f"r{name}" for name in _TWO)):
    setattr(Nothing, f"__{_operation}__", _absorb)


class StandIn(ModuleType):
    """A module of a package that is not here: every name in it is a stand-in."""

    __path__: list[str] = []  # noqa: RUF012 - ModuleType declares it so
    __version__ = ".".join(map(str, NEWEST))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return NEWEST if name == "version_info" else Nothing(_top(self.__name__), name)


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for what nobody else finds, where a student's file imports it.

    An import that may fail, in a `try` that catches that, fails: the student has provided for it.
    So does one that looks misspelt. What is for display is there for everyone.

    Args:
        only: the packages that are found; by default any.
        own: the names of the submission's modules.
        provided_for: by file, the lines on which an import may fail.
    """

    def __init__(
        self,
        own: Collection[str] = (),
        provided_for: dict[str, set[int]] | None = None,
        only: Collection[str] = (),
    ) -> None:
        self.own, self.only = own, only
        self.provided_for = {} if provided_for is None else provided_for

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec, or None.

        Raises:
            ModuleNotFoundError: the name looks misspelt; it says what may be meant.
        """
        top = _top(fullname)
        inside = isinstance(sys.modules.get(top), StandIn)
        if not inside and ("." in fullname or not self._is_wanted(top)):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

    def _is_wanted(self, name: str) -> bool:
        if self.only:
            return name in self.only and name not in self.own
        frame = importer()
        if frame is None or name in DISPLAY:
            return name in NEEDED_BY_LIBRARIES
        if frame.f_code.co_name != "<module>":
            return False
        if frame.f_lineno in self.provided_for.get(frame.f_code.co_filename, ()):
            return False
        meant = difflib.get_close_matches(name, self.own, 1, ALIKE_OWN)
        meant = meant or difflib.get_close_matches(name, (*PRESENT, *DISPLAY), 1, ALIKE)
        if meant:
            text = f"No module named {name!r}; is {meant[0]!r} meant?"
            raise ModuleNotFoundError(text, name=name)
        return True


class Unlisted(StandInFinder):
    """Finds a stand-in for what a course does not allow, even where it is installed.

    Args:
        own: the names of the submission's modules.
        provided_for: by file, the lines on which an import may fail.
        listed: the packages that the course allows, and what the kit needs.
    """

    def __init__(
        self, own: Collection[str], provided_for: dict[str, set[int]], listed: Collection[str]
    ) -> None:
        super().__init__(own, provided_for)
        self.listed = {*listed, *PRESENT, *sys.stdlib_module_names, *map(_top, own)}

    def _is_wanted(self, name: str) -> bool:
        if name in self.listed or name.startswith("_") or importer() is None:
            return False
        if super()._is_wanted(name):
            return True
        # As where the package is not installed: no other finder may find it.
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def within(value: object, depth: int = 4) -> str:
    """The missing package that a value, or an item of a list or tuple, comes from; else empty."""
    if isinstance(value, Nothing):
        return str(value._of)
    if depth and type(value) in (list, tuple, dict):
        items = value.values() if isinstance(value, dict) else value
        found = (within(item, depth - 1) for item in islice(items, LOOKED_AT))  # type: ignore[call-overload]
        return next(filter(None, found), "")
    return ""


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_decorated(value: object) -> bool:
    """Whether it is a function or class that a decorator is given: it has no name there yet."""
    if not isinstance(value, (FunctionType, type)) or value.__name__ == "<lambda>":
        return False
    caller, name = sys._getframe(2), value.__name__
    return value is not caller.f_locals.get(name) and value is not caller.f_globals.get(name)


def _targets(frame: object) -> int | None:
    """How many targets a frame unpacks into at its current instruction; None if it does not."""
    code: CodeType = frame.f_code  # type: ignore[attr-defined]
    at: int = frame.f_lasti  # type: ignore[attr-defined]
    operation, argument = opcode.opname[code.co_code[at]], code.co_code[at + 1]
    if operation == "UNPACK_SEQUENCE":
        return argument
    if operation == "UNPACK_EX":
        return argument + 1  # `a, *b`: those before the starred one, and one in it
    return None
