"""What the engine asks of a homework, and how one is found and loaded.

A homework is a folder with a package `graders/`, the student's template, and in a checkout the
reference. The package's module `homework` describes it in one object, a `Homework`; a problem is a
file of the same name, `problemN_name.py`, in each of the three folders. Inside the package imports
are relative: it is loaded under a name of its own, so that two homeworks can be loaded at once.

What an author does wrong here ends in `InvalidHomework`, which says in which file and line.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import os
import pkgutil
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from assay.checks import (
    Check,
    Stated,
    called_in,
    checks_in,
    is_named,
    named,
    named_in,
    problem_number,
    select,
    stated_in,
)
from assay.errors import InvalidHomework, InvalidInput
from assay.imports import excerpt, imported_by

if TYPE_CHECKING:
    from assay.protocol.objects import Kinds
    from assay.report.page.pictures import Figure

HINTS = "hints.toml"  # in graders/: by section and check, for `assay hint`
SUFFIXES = {".py", ".toml", ".npz", ".safetensors"}  # of the files that decide a verdict
PAGE = "assay-page.html"  # that a student has written beside their files: no part of a submission
VARIABLE = "ASSAY_HOMEWORK"  # of the environment: the folder of the homework in force

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Checks beside the problems, about figures that a student reports in a TOML file.

    Attributes:
        name: the module in `graders/` that states the checks, and the column of the results.
        file: what the student's file is called, for example "answers.toml".
        heading: what reports call the section.
    """

    name: str
    file: str
    heading: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """A file that students are given and that an instructor may replace by their own.

    Attributes:
        name: of the option: "weights" makes `--weights PATH`.
        file: the one in the template, used by default.
        help: what the option's help says.
        check: "module:function" of `graders/`, called with the path of a replacement; raises
            OSError or ValueError where it is unusable.
    """

    name: str
    file: str
    help: str
    check: str


@dataclass(frozen=True, kw_only=True)
class Homework:
    """All that the engine asks of a homework.

    Attributes:
        title: "Homework 10".
        course: the course that it belongs to.
        points: what all checks together are worth, to be compared with their sum; 0: not stated.
        sections: checks beside the problems.
        modules: template files that every submission can import, without suffix.
        data: template files that every submission can read.
        materials: files of the template that an instructor may replace.
        template, reference: where these folders lie in the homework's folder.
        objects: a module of `graders/` whose `kinds` are objects that students are given, beside
            those that the problems' own files make.
        written: the module that judges written mathematics; its `examine` and `understood` get the
            documents of a submission (`assay.written.report`).
        pictures: the module whose `FIGURES` draw what students' code made, by section; what no
            figure draws is shown as `student.exhibit` says.
        folder: where it was loaded from.
        package: the name that its `graders/` is imported under.
        replaced: the materials in use that are not the template's: (name, path).
    """

    title: str
    course: str = ""
    points: float = 0.0
    sections: tuple[Section, ...] = ()
    modules: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    template: str = "student_template"
    reference: str = "reference"
    objects: str = ""
    pictures: str = ""
    written: str = ""
    folder: Path = field(default_factory=Path)
    package: str = ""
    replaced: tuple[tuple[str, str], ...] = ()

    @property
    def template_folder(self) -> Path:
        """The folder that students are given."""
        return self.folder / self.template

    @property
    def reference_folder(self) -> Path:
        """The folder of model answers; only a checkout has it."""
        return self.folder / self.reference

    @property
    def digest(self) -> str:
        """A SHA-256 of the checks and of what students are given; the reference is not in it."""
        return _digest(self.folder, self.template)

    @property
    def mutants_folder(self) -> Path:
        """The folder of mutants: in the homework's folder, or in its `tests/`."""
        return self._proof("mutants")

    @property
    def alternatives_folder(self) -> Path:
        """The folder of correct answers in other styles, a folder for each problem."""
        return self._proof("alternatives")

    def _proof(self, name: str) -> Path:
        beside = self.folder / name
        return beside if beside.is_dir() else self.folder / "tests" / name

    @property
    def handed_out(self) -> frozenset[str]:
        """The names of the files that students are given besides those to fill in, lower case."""
        names = {*self.data, *(f"{name}.py" for name in self.modules)}
        return frozenset(name.lower() for name in names)

    def asks_for(self, name: str) -> bool:
        """Whether a file of that name is one that students are asked to hand in."""
        reported = {section.file.lower() for section in self.sections}
        return bool(problem_number(name)) or name.lower() in reported

    def section(self, name: str) -> Section | None:
        """A section beside the problems; None for a problem."""
        return next((section for section in self.sections if section.name == name), None)

    def heading(self, name: str) -> str:
        """What a section or problem is called in a report."""
        section = self.section(name)
        return section.heading if section else name.capitalize().replace("Problem", "Problem ")

    def file_of(self, name: str) -> str:
        """The file that students hand in for a section or a problem such as "problem2"."""
        section = self.section(name)
        modules = (each for each in self.problem_modules() if each.partition("_")[0] == name)
        return section.file if section else f"{next(modules, name)}.py"

    def module(self, name: str) -> ModuleType:
        """A module of the homework's `graders/`, for example "evidence.symbolic".

        Raises:
            InvalidHomework: it cannot be imported; the message says where it fails.
        """
        return _import(self.package, name, self.folder)

    def problem_modules(self) -> list[str]:
        """The modules that state problems, by number."""
        names = (each.name for each in pkgutil.iter_modules([str(self.folder / "graders")]))
        problems = [name for name in names if problem_number(f"{name}.py")]
        return sorted(problems, key=lambda name: (int(problem_number(f"{name}.py")), name))

    def check_modules(self) -> list[str]:
        """The modules that state checks: the problems, then the sections beside them."""
        return [*self.problem_modules(), *(section.name for section in self.sections)]

    def checks(self, only: str = "") -> tuple[Check, ...]:
        """The checks, module by module and in the order of each file.

        Args:
            only: an id, a name, a section or a problem's file name: what it names, with what that
                needs, and no other module is imported. Empty for every check.
        Raises:
            InvalidHomework: a check is marked in a way that cannot work, or a name is not unique.
            InvalidInput: nothing has the name `only`.
        """
        if only:
            home = dict.fromkeys(each.module for each in select(self.stated(), only))
            return select((check for name in home for check in self.checks_of(name)), only)
        modules = self.check_modules()
        numbers = ((problem_number(f"{name}.py"), f"{name}.py") for name in self.problem_modules())
        _refuse_repeats(numbers, "problem number")
        checks = tuple(check for module in modules for check in self.checks_of(module))
        _refuse_repeats(((c.name, f"graders/{c.module}.py") for c in checks), "check")
        functions = ((f, f"{self.template}/{m}.py") for m in modules for f in self.functions_of(m))
        _refuse_repeats(functions, "function")
        return checks

    def checks_of(self, module: str) -> tuple[Check, ...]:
        """The checks that one module states, in its own order."""
        return _checks_of(self.package, module, self.folder)

    def stated(self) -> tuple[Stated, ...]:
        """What every check says of itself, in order, read off the sources where they say it.

        To import the checks takes seconds. Where the sources do not say it, they are imported.
        """
        found = [_stated_in(self._grader(m), m) for m in self.check_modules()]
        if None in found:
            return self.checks()
        return tuple(each for several in found for each in several or ())

    def expect_check(self, only: str) -> None:
        """Refuse a name that no check has, before anything slow is done.

        Raises:
            InvalidInput: lists the checks of a function of that name, or the nearest names.
        """
        self.named(only)

    def named(self, only: str) -> tuple[Stated, ...]:
        """The checks that a name is of, without those that they need.

        Raises:
            InvalidInput: there is none; lists the checks of a function of that name, or the
                nearest names.
        """
        stated = self.stated()
        if not any(is_named(each, only) for each in stated):
            about = self._about(only)
            if about:
                raise InvalidInput(f"{only} is a function; its checks are {', '.join(about)}")
        return named(stated, only)

    def _about(self, function: str) -> list[str]:
        """The names of the checks that name a function."""
        homes = [m for m in self.check_modules() if function in self.functions_of(m)]
        stated = [each for each in self.stated() if each.module in homes]
        return [each.name for each in stated if function in self.functions_named_by(each)]

    def functions_of(self, module: str) -> frozenset[str]:
        """The functions that a problem asks for, read off the student's template."""
        return frozenset(self.template_of(module))

    def callable_by(self, module: str) -> frozenset[str]:
        """The names that the checks of a problem can call: what any problem's template defines.

        Empty if its own template has no function: then nothing is known.
        """
        if not self.functions_of(module):
            return frozenset()
        templates = (self.template_folder / f"{name}.py" for name in self.problem_modules())
        return frozenset().union(*map(_defined_in, templates))

    def unknown_calls(self, check: Stated) -> Iterator[tuple[str, str]]:
        """What a check calls that no template defines: "graders/it.py, line 3", and the name."""
        known, path = self.callable_by(check.module), self._grader(check.module)
        for name, line in called_in(_parsed(path), check.name) if known else ():
            if name not in known:
                yield f"{path.relative_to(self.folder).as_posix()}, line {line}", name

    def template_of(self, module: str) -> Mapping[str, ast.FunctionDef]:
        """The functions that a problem asks for, as the student's template defines them."""
        return _functions_in(self.template_folder / f"{module}.py")

    def parameters_of(self, function: str) -> tuple[str, ...]:
        """The parameters of a function that a problem asks for, by the template; else none."""
        for module in self.problem_modules():
            template = self.template_of(module).get(function)
            if template is not None:
                return tuple(a.arg for a in (*template.args.args, *template.args.kwonlyargs))
        return ()

    def functions_named_by(self, check: Stated) -> tuple[str, ...]:
        """The functions of its problem that a check names: in its title, then in its source."""
        names = named_in(_parsed(self._grader(check.module)), check.name)
        words = (*re.findall(r"\w+", check.title), *names)
        asked = self.functions_of(check.module)
        return tuple(dict.fromkeys(word for word in words if word in asked))

    def hint(self, check: Stated) -> str:
        """A second, more explicit hint for a check, from `graders/hints.toml`; empty if none."""
        path = self.folder / "graders" / HINTS
        hints = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        text: str = hints.get(check.section, {}).get(check.name, "")
        return text.strip()

    def module_texts(self) -> dict[str, str]:
        """The text of each module that every submission can import, by name."""
        return {
            name: (self.template_folder / f"{name}.py").read_text("utf-8") for name in self.modules
        }

    def data_files(self) -> list[Path]:
        """The files that every submission can read."""
        return [self.template_folder / name for name in self.data]

    def material_paths(self) -> dict[str, Path]:
        """The path of each material in use: the template's own, or its replacement."""
        given = {each.name: self.template_folder / each.file for each in self.materials}
        return given | {name: Path(path) for name, path in self.replaced}

    def with_materials(self, paths: Mapping[str, Path | None]) -> Homework:
        """The homework with other materials; None keeps the template's.

        Raises:
            InvalidInput: there is no such material, or its check rejects the file.
        """
        known = {each.name: each for each in self.materials}
        chosen = {name: path for name, path in paths.items() if path is not None}
        for name, path in chosen.items():
            if name not in known:
                raise InvalidInput(f"{self.title} has no material called {name!r}")
            module, _, function = known[name].check.partition(":")
            try:
                getattr(self.module(module), function)(path)
            except (OSError, ValueError) as fault:
                raise InvalidInput(f"--{name} {path}: {fault}") from None
        resolved = ((name, str(path.resolve())) for name, path in sorted(chosen.items()))
        return replace(self, replaced=tuple(resolved))

    def kinds(self) -> Kinds:
        """The kinds of objects that students' functions are given, of all modules together.

        Raises:
            InvalidHomework: a module cannot be imported, or two kinds have one name.
        """
        from assay.protocol.objects import Kinds

        names = [self.objects] if self.objects else []
        names += [name for name in self.problem_modules() if _makes_kinds(self._grader(name))]
        return Kinds.together(self.module(name).kinds for name in names)

    def makers(self) -> Kinds:
        """The same kinds, made without the checks that stand in the same files.

        A student's process has them from here: it sees no check.
        """
        from assay.protocol.objects import Kinds

        own = [self.module(self.objects).kinds] if self.objects else []
        for name, source in _excerpts(self.folder).items():
            module = ModuleType(f"{self.package}.{name}_makers")
            module.__package__ = self.package
            sys.modules[module.__name__] = module
            exec(compile(source, f"{name}.py", "exec"), vars(module))  # noqa: S102 - the author's
            own.append(vars(module)["kinds"])
        return Kinds.together(own)

    def figures(self) -> dict[str, Figure]:
        """The pictures of what students' code made, by section; needs the extra `class`."""
        figures: dict[str, Figure] = self.module(self.pictures).FIGURES if self.pictures else {}
        return figures

    def warm_up(self) -> None:
        """Do once what is slow the first time: read the materials, for example."""
        self.makers()
        if self.objects:
            rehearse = getattr(self.module(self.objects), "warm_up", None)
            if rehearse is not None:
                rehearse(self.material_paths())

    def readable(self) -> list[Path]:
        """What a student's process may read of the homework: what it needs to make the objects."""
        graders = self.folder / "graders"
        paths = [graders / "__init__.py", graders / "homework.py"]
        paths += imported_by(self.objects, graders, "graders") if self.objects else []
        for name, source in _excerpts(self.folder).items():
            paths += imported_by(name, graders, "graders", source)
        paths += [self.template_folder / f"{name}.py" for name in self.modules]
        return [*dict.fromkeys(paths), *self.data_files(), *self.material_paths().values()]

    def sources(self) -> dict[str, str]:
        """The text of each module of the kit by its full name: trusted processes get it sent."""
        engine = _texts_in(Path(__file__).resolve().parent, "assay")
        return engine | _texts_in(self.folder / "graders", self.package)

    def where(self, fault: BaseException) -> str:
        """Where in this homework's files an exception arose: "graders/it.py, line 3"; or ""."""
        return _where(fault, self.folder)

    def _grader(self, module: str) -> Path:
        return self.folder / "graders" / f"{module}.py"


def load(folder: Path) -> Homework:
    """The homework in a folder.

    Raises:
        InvalidHomework: the folder holds none, or it is incomplete.
    """
    return _load(folder.resolve())


def find() -> Homework:
    """The homework in force where none is named: `ASSAY_HOMEWORK`, or else Homework 10.

    Raises:
        InvalidHomework: the variable names a folder that holds none.
    """
    named = os.environ.get(VARIABLE, "")
    return load(Path(named)) if named else built_in()


def built_in() -> Homework:
    """Homework 10: beside the engine in a checkout, inside it where it is installed."""
    here = Path(__file__).resolve().parent
    inside = here / "homework10"
    return load(inside if inside.is_dir() else here.parent)


def files_digest(homes: Iterable[Path]) -> str:
    """A SHA-256 of the files in these folders that decide a verdict, and of their paths inside."""
    total = hashlib.sha256()
    for home in homes:
        for path in sorted(home.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                total.update(f"{path.relative_to(home).as_posix()}\0".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def module_at(path: Path) -> Any:
    """A Python file as a module, under a name that no import statement finds."""
    name = f"_assay_{path.stem}_{_short_digest(str(path))}"
    if name not in sys.modules:
        _import_from(path, name, None)
    return sys.modules[name]


@cache
def _load(folder: Path) -> Homework:
    start = folder / "graders" / "__init__.py"
    if not (start.is_file() and (folder / "graders" / "homework.py").is_file()):
        raise InvalidHomework(
            f"{folder} holds no homework: it has no graders/__init__.py and graders/homework.py. "
            f"`assay new {folder}` writes a small one"
        )
    package = f"assay_homework_{_short_digest(str(folder))}"
    if package not in sys.modules:
        _located(lambda: _import_from(start, package, [str(start.parent)]), folder)
    described = getattr(_import(package, "homework", folder), "homework", None)
    if not isinstance(described, Homework):
        raise InvalidHomework(f"{folder}/graders/homework.py: `homework` is not a Homework")
    homework = replace(described, folder=folder, package=package)
    _refuse_lacking(homework)
    return homework


def _refuse_lacking(homework: Homework) -> None:
    """Refuse a description that names a file or folder which is not there."""
    named = [homework.template_folder]
    named += [homework.template_folder / f"{name}.py" for name in homework.modules]
    named += homework.data_files()
    named += [homework.template_folder / material.file for material in homework.materials]
    sections = (each.name for each in homework.sections)
    modules = [*sections, *filter(None, (homework.objects, homework.pictures))]
    named += [homework.folder / "graders" / f"{name.replace('.', '/')}.py" for name in modules]
    lacking = [path for path in named if not (path.exists() or path.with_suffix("").is_dir())]
    if lacking:
        raise InvalidHomework(
            f"{homework.title}: {lacking[0]} does not exist, but graders/homework.py names it"
        )


def _refuse_repeats(named: Iterable[tuple[str, str]], what: str) -> None:
    """Refuse a name that occurs twice among pairs of a name and its file."""
    files: dict[str, str] = {}
    for name, file in named:
        if name in files:
            raise InvalidHomework(
                f"the {what} {name} occurs in {files[name]} and again in {file}: give one of them "
                "another name"
            )
        files[name] = file


def _import(package: str, name: str, folder: Path) -> ModuleType:
    return _located(lambda: importlib.import_module(f"{package}.{name}"), folder)


def _located(act: Callable[[], T], folder: Path) -> T:
    """What `act` gives; an exception of the author's code says in which file and line it arose."""
    try:
        return act()
    except Exception as fault:
        what = str(fault)
        if not isinstance(fault, InvalidHomework):
            what = f"{type(fault).__name__}: {what}"
        place = _where(fault, folder)
        raise InvalidHomework(f"{place}: {what}" if place else what) from fault


def _where(fault: BaseException, folder: Path) -> str:
    if isinstance(fault, SyntaxError) and fault.filename:
        file, line = Path(fault.filename), fault.lineno
    else:
        # The kit may lie in the same folder.
        home = folder / "graders"
        frames = traceback.extract_tb(fault.__traceback__)
        inside = [f for f in frames if Path(f.filename).is_relative_to(home)]
        if not inside:
            return ""
        file, line = Path(inside[-1].filename), inside[-1].lineno
    short = file.relative_to(folder) if file.is_relative_to(folder) else file
    return f"{short.as_posix()}, line {line}"


def _import_from(path: Path, name: str, search: list[str] | None) -> None:
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise InvalidHomework(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


@cache
def _checks_of(package: str, module: str, folder: Path) -> tuple[Check, ...]:
    return checks_in(_import(package, module, folder))


@cache
def _digest(folder: Path, template: str) -> str:
    return files_digest([folder / "graders", folder / template])


@cache
def _excerpts(folder: Path) -> dict[str, str]:
    """What makes objects in each file of checks that does, without the checks."""
    paths = sorted((folder / "graders").glob("*.py"))
    stating = [path for path in paths if problem_number(path.name) and _makes_kinds(path)]
    return {path.stem: excerpt(path.read_text("utf-8"), "kinds") for path in stating}


@cache
def _makes_kinds(path: Path) -> bool:
    """Whether a file of checks makes objects: only then a student's process imports it."""
    if not path.is_file() or b"kinds" not in path.read_bytes():
        return False
    for node in _parsed(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "kinds" for target in targets):
            return True
    return False


@cache
def _stated_in(path: Path, module: str) -> tuple[Stated, ...] | None:
    return stated_in(_parsed(path), module)


@cache
def _functions_in(path: Path) -> Mapping[str, ast.FunctionDef]:
    if not path.exists():
        return {}
    functions = (node for node in _parsed(path).body if isinstance(node, ast.FunctionDef))
    return {node.name: node for node in functions if not node.name.startswith("_")}


@cache
def _defined_in(path: Path) -> frozenset[str]:
    """The names that a file's own statements bind, without those that it imports."""
    found: set[str] = set()
    for node in _parsed(path).body if path.exists() else ():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


@cache
def _texts_in(folder: Path, package: str) -> dict[str, str]:
    names = {
        path: ".".join((package, *path.relative_to(folder).with_suffix("").parts))
        for path in sorted(folder.rglob("*.py"))
    }
    return {n.removesuffix(".__init__"): p.read_text("utf-8") for p, n in names.items()}


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError) as fault:
        line = getattr(fault, "lineno", None)
        raise InvalidHomework(f"{path}{f', line {line}' if line else ''}: {fault}") from None


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
