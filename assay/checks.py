"""What a check is: a plain function that states a property, marked with its points."""

from __future__ import annotations

import ast
import difflib
import inspect
import math
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeGuard, TypeVar

from assay.errors import InvalidHomework, InvalidInput

Property = Callable[..., None]
S = TypeVar("S", bound="Stated")

_PROBLEM_FILE = re.compile(r"problem(\d+)_\w+\.py", re.IGNORECASE)
_MARK = "_assay_check"
_NAMES = "_assay_names"  # of a module: the checks that it marked, in order


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a check says of itself: it can be read off the source, without importing it.

    Attributes:
        name: of the function that states the property.
        title: what students read.
        module: the problem's file name without suffix, the same in every folder.
        points: what it is worth; 0 for what is reported and not counted.
        part: the part of the problem, for example "b".
        needs: names of checks of the same module that must have passed.
    """

    name: str
    title: str
    module: str
    points: float
    part: str = ""
    needs: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """ "problem2", or a section beside the problems such as "answers"."""
        return self.module.partition("_")[0]

    @property
    def id(self) -> str:
        """Section and name, unique in a homework."""
        return f"{self.section}.{self.name}"

    @property
    def problem(self) -> int | None:
        """The problem's number; None for a section beside the problems."""
        number = problem_number(f"{self.module}.py")
        return int(number) if number else None


@dataclass(frozen=True, kw_only=True)
class Check(Stated):
    """One property, what it is worth, and what must hold before it is checked.

    Attributes:
        function: states the property; its docstring's first line is the title.
        examples: how many inputs are drawn for it.
        rate: the false-reject rate that its author states; None leaves that to the statistical
            assertions that it calls.
        elsewhere: whether a passed check is tried once more in another process, on an input of
            the submission's own (`assay.grading.second_look`).
    """

    function: Property
    examples: int
    rate: float | None = None
    elsewhere: bool = True

    @property
    def draws(self) -> bool:
        """Whether Hypothesis draws its inputs."""
        return hasattr(self.function, "hypothesis")

    @property
    def bare(self) -> Property:
        """The function without Hypothesis around it: called with the inputs themselves."""
        wrapped = getattr(self.function, "hypothesis", None)
        bare: Property = wrapped.inner_test if wrapped else self.function
        return bare

    @property
    def place(self) -> str:
        """Where it stands: "graders/problem2_it.py, line 3"."""
        return _place(self.bare, self.module)


def check(
    *,
    points: float,
    part: str = "",
    needs: Iterable[str] = (),
    examples: int = 20,
    rate: float | None = None,
    elsewhere: bool = True,
) -> Callable[[Property], Property]:
    """Mark a function of `student` and of drawn inputs as a check.

    Args:
        points: at least 0; 0 marks what is reported and not counted.
        part: the part of the problem, for example "b".
        needs: names of earlier checks of the same file.
        examples: inputs drawn from the strategies, at least 1; a check that draws none runs once.
        rate: for a check of random results that calls no statistical assertion: the probability
            that it rejects a correct program, 0 if what it states holds for every outcome.
        elsewhere: False for a check whose one example takes long: where it passed, it is not tried
            once more in another process.
    Raises:
        InvalidHomework: negative points, no example, an impossible rate, a function without a
            docstring or without a parameter that `@given` names, or a second check of that name in
            its file.
    """
    if not 0 <= points < math.inf or examples < 1:
        raise InvalidHomework(
            f"a check has points >= 0 and examples >= 1; here points={points}, examples={examples}"
        )
    if rate is not None and not 0 <= rate < 1:
        raise InvalidHomework(f"a false-reject rate is at least 0 and below 1; here rate={rate}")
    needed = tuple(needs)

    def mark(function: Property) -> Property:
        if not (function.__doc__ or "").strip():
            raise InvalidHomework(
                f"{function.__name__} has no docstring: its first line is what students read "
                "(python -OO removes docstrings; run without it)"
            )
        _expect_parameters(function)
        marks = {"points": points, "part": part, "needs": needed, "examples": examples}
        setattr(function, _MARK, marks | {"rate": rate, "elsewhere": elsewhere})
        _note_name(function)
        return function

    return mark


def stated_in(tree: ast.Module, module: str) -> tuple[Stated, ...] | None:
    """What the checks of a file say of themselves, by its source.

    Args:
        tree: the file, parsed.
        module: its name without suffix.
    Returns:
        None if the source alone does not say it: a check is made in another way than by
        `@check(...)` above a function, or with values that are computed.
    """
    found = [_stated(node, module) for node in tree.body if isinstance(node, ast.FunctionDef)]
    stated = tuple(each for each in found if each is not None)
    return stated if sum(map(_marks, ast.walk(tree))) == len(stated) else None


def named_in(tree: ast.Module, check: str) -> tuple[str, ...]:
    """The names by which a check may call its student's functions, in the order of the source.

    They are those after `student.`, and texts, also in other functions and constants of its file.

    Args:
        tree: the file, parsed.
        check: its name.
    """
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, None] = {}
    for node in _expressions(tree, check):
        text = constants.get(node.id, node) if isinstance(node, ast.Name) else node
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            found[text.value] = None
        elif _is_call_of_student(node):
            found[node.attr] = None
    return tuple(found)


def called_in(tree: ast.Module, check: str) -> tuple[tuple[str, int], ...]:
    """The names after `student.` by which a check calls its student's functions, with the lines.

    What `student` itself has, such as `exhibit`, is among them.

    Args:
        tree: the file, parsed.
        check: its name.
    """
    calls = (node for node in _expressions(tree, check) if _is_call_of_student(node))
    return tuple(dict.fromkeys((node.attr, node.lineno) for node in calls))


def title_of(docstring: str) -> str:
    """What students read of a check: the first line of its docstring."""
    return docstring.strip().splitlines()[0].rstrip(".")


def checks_in(module: ModuleType) -> tuple[Check, ...]:
    """The checks that a module states, in its own order.

    Raises:
        InvalidHomework: a check needs one that does not stand above it, or something else of the
            file has its name.
    """
    home = module.__name__.rpartition(".")[2]
    found = tuple(_in_order(_marked(module, home)))
    lost = {*getattr(module, _NAMES, ())} - {each.name for each in found}
    if lost:
        raise InvalidHomework(_why_lost(module, home, min(lost)))
    return found


def select(checks: Iterable[S], only: str) -> tuple[S, ...]:
    """The checks that `only` names, with those that they need: an id, a name or a section.

    Raises:
        InvalidInput: nothing has that name; the message lists the nearest names.
    """
    checks = tuple(checks)
    chosen = {c.id for c in named(checks, only)}
    for c in reversed(checks):
        if c.id in chosen:
            chosen |= {f"{c.section}.{need}" for need in c.needs}
    return tuple(c for c in checks if c.id in chosen)


def named(checks: Iterable[S], only: str) -> tuple[S, ...]:
    """The checks that an id, a name, a section such as "Problem2" or a problem's file names.

    Raises:
        InvalidInput: nothing has that name; the message lists the nearest names.
    """
    checks = tuple(checks)
    found = tuple(c for c in checks if is_named(c, only))
    if not found:
        raise InvalidInput(f"no check is called {only!r}; {_nearest(only, checks)}")
    return found


def is_named(check: Stated, only: str) -> bool:
    """Whether a name is the check's, or that of its section or file in any case."""
    place = only.removesuffix(".py").lower()
    return only in (check.name, check.id) or place in (check.section, check.module.lower())


def one(checks: Sequence[S], name: str) -> S:
    """The only one of the checks that a name is of.

    Raises:
        InvalidInput: there are several; the message lists them.
    """
    if len(checks) > 1:
        listed = ", ".join(check.name for check in checks)
        raise InvalidInput(f"{name} is more than one check: name one of {listed}")
    return checks[0]


def problem_number(path: str) -> str:
    """The number of the problem that a .py file is named after; empty for any other name.

    >>> problem_number("hw/problem2_projection.py"), problem_number("helpers.py")
    ('2', '')
    """
    match = _PROBLEM_FILE.fullmatch(posixpath.basename(path))
    return match[1] if match else ""


def _place(function: Property, module: str) -> str:
    line: int = inspect.unwrap(function).__code__.co_firstlineno
    return f"graders/{module}.py, line {line}"


def _why_lost(module: ModuleType, home: str, name: str) -> str:
    """What became of a check that its module does not have any more."""
    drawing = getattr(vars(module).get(name), "hypothesis", None)
    if drawing is not None and hasattr(drawing.inner_test, _MARK):
        return f"{_place(drawing.inner_test, home)}: {name}: put @check above @given, not below it"
    return f"{home}: something below the check {name} has the same name and replaces it"


def _expect_parameters(function: Property) -> None:
    """Refuse a check that does not take what `@given` draws for it.

    Raises:
        InvalidHomework: it names the keyword, or the parameter that is not drawn.
    """
    drawing = getattr(function, "hypothesis", None)
    if drawing is None:
        return
    taken = inspect.signature(drawing.inner_test).parameters
    if any(each.kind is each.VAR_KEYWORD for each in taken.values()):
        return
    for name in drawing._given_kwargs:
        if name not in taken:
            raise InvalidHomework(
                f"@given draws {name}, which is no parameter of {function.__name__}: it has "
                f"{', '.join(taken)}"
            )


def _note_name(function: Property) -> None:
    """Note in its module that a check has this name: a second one would silently replace it."""
    inner = getattr(function, "hypothesis", None)
    written = inspect.unwrap(inner.inner_test if inner else function)
    namespace = written.__globals__
    if function.__module__ != namespace.get("__name__") or "<locals>" in written.__qualname__:
        return  # no check of a file
    names: list[str] = namespace.setdefault(_NAMES, [])
    if function.__name__ in names:
        raise InvalidHomework(f"two checks of one file are called {function.__name__}")
    names.append(function.__name__)


def _expressions(tree: ast.Module, check: str) -> Iterator[ast.expr]:
    """Those of a check, and of the functions of its file that it names."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    reached, waiting = {check}, [check]
    while waiting:
        function = functions.get(waiting.pop())
        for node in _in_source_order(function.body if function else []):
            yield node
            if isinstance(node, ast.Name) and node.id in functions.keys() - reached:
                reached.add(node.id)
                waiting.append(node.id)


def _is_call_of_student(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "student"


def _in_source_order(body: Iterable[ast.stmt]) -> list[ast.expr]:
    """The expressions of some statements."""
    nodes = (node for statement in body for node in ast.walk(statement))
    expressions = (node for node in nodes if isinstance(node, ast.expr))
    return sorted(expressions, key=lambda node: (node.lineno, node.col_offset))


_SAID = ("points", "part", "needs")  # what a check says of itself; the rest may be computed


def _stated(function: ast.FunctionDef, module: str) -> Stated | None:
    """What a function that `@check(...)` marks says of itself; None if it is not marked so."""
    marks = [node for node in function.decorator_list if _marks(node)]
    docstring = ast.get_docstring(function, clean=False) or ""
    if len(marks) != 1 or not isinstance(marks[0], ast.Call) or not docstring.strip():
        return None
    try:
        keywords = (each for each in marks[0].keywords if each.arg in _SAID)
        given = {each.arg: ast.literal_eval(each.value) for each in keywords}
        return Stated(
            name=function.name,
            title=title_of(docstring),
            module=module,
            points=given["points"],
            part=given.get("part", ""),
            needs=tuple(given.get("needs", ())),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _marks(node: ast.AST) -> bool:
    """Whether a node is a call `check(...)`."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "check"


def _marked(module: ModuleType, home: str) -> Iterator[Check]:
    for function in vars(module).values():
        marks: dict[str, Any] | None = getattr(function, _MARK, None)
        if marks is not None and function.__module__ == module.__name__:
            examples = marks["examples"] if hasattr(function, "hypothesis") else 1
            yield Check(
                name=function.__name__,
                title=title_of(function.__doc__ or function.__name__),
                function=function,
                module=home,
                points=marks["points"],
                part=marks["part"],
                needs=marks["needs"],
                examples=examples,
                rate=marks["rate"],
                elsewhere=marks["elsewhere"],
            )


def _in_order(checks: Iterable[Check]) -> Iterator[Check]:
    above: set[str] = set()
    for each in checks:
        unknown = set(each.needs) - above
        if unknown:
            raise InvalidHomework(
                f"{each.place}: {each.name} needs {sorted(unknown)}, which no check above it is "
                "called"
            )
        above.add(each.name)
        yield each


def _nearest(only: str, checks: Sequence[Stated]) -> str:
    """What to type in place of a name that is none."""
    sections = list(dict.fromkeys(each.section for each in checks))
    names = sorted({each.name for each in checks} | {*sections})
    near = difflib.get_close_matches(only, names, n=3)
    if len(only) > 2:
        near += [name for name in names if only in name and name not in near][:3]
    if near:
        return f"similar names: {', '.join(near)}"
    return f"there are checks of {', '.join(sections)}"
