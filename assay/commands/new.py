"""Writes a small homework that works at once, or one more problem, for an author to change."""

from __future__ import annotations

import keyword
from pathlib import Path

from assay.checks import problem_number
from assay.errors import InvalidHomework, InvalidInput
from assay.homework import Homework, load

SKELETON = Path(__file__).parent / "skeleton"
FIRST = "average"
# The file in the homework, and the text here that it is made from.
ONCE = {
    "graders/homework.py": "homework.txt",
    "student_template/README.md": "readme.txt",
}
EACH = {
    "graders/{module}.py": "grader.txt",
    "reference/{module}.py": "reference.txt",
    "student_template/{module}.py": "template.txt",
    "mutants/{module}.toml": "mutants.txt",
    "alternatives/{module}/plain_python.py": "alternative.txt",
}


def write_homework(folder: Path) -> list[Path]:
    """Write a homework of one problem into a folder that does not exist or is empty.

    Returns:
        The files.
    Raises:
        InvalidInput: there is something in the folder.
        OSError: a file cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(
            f"{folder} is not empty: name a new folder, or add a problem by --problem NAME"
        )
    title = folder.resolve().name or "Homework"
    bodies = {"graders/__init__.py": f'"""The checks of {_quoted(title)}."""\n'}
    bodies |= {path: _text(text, TITLE=_quoted(title)) for path, text in ONCE.items()}
    return _write(folder, bodies | _problem(1, FIRST))


def add_problem(folder: Path, name: str) -> list[Path]:
    """Add a problem, with the next number, to the homework in a folder; returns its files.

    Raises:
        InvalidHomework: the folder holds no homework.
        InvalidInput: the name is no name for a function, or the homework has one of that name.
        OSError: a file cannot be written.
    """
    from assay.sandbox.student import shadowed_names

    homework = load(folder)
    modules = homework.problem_modules()
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise InvalidInput(f"--problem {name!r}: use a name that a Python function can have")
    taken = {function for module in modules for function in homework.functions_of(module)}
    taken |= {module.partition("_")[2] for module in modules} | shadowed_names()
    if name in taken:
        raise InvalidInput(f"--problem {name}: there is something of that name, choose another one")
    number = 1 + max((int(problem_number(f"{module}.py")) for module in modules), default=0)
    return _write(folder, _placed(homework, _problem(number, name)))


def _placed(homework: Homework, bodies: dict[str, str]) -> dict[str, str]:
    """The files under the names of this homework's own folders."""
    folders = {
        "reference": homework.reference,
        "student_template": homework.template,
        "mutants": homework.mutants_folder.relative_to(homework.folder).as_posix(),
        "alternatives": homework.alternatives_folder.relative_to(homework.folder).as_posix(),
    }
    split = ((*path.partition("/"), body) for path, body in bodies.items())
    return {f"{folders.get(top, top)}/{rest}": body for top, _, rest, body in split}


def _problem(number: int, name: str) -> dict[str, str]:
    module, words = f"problem{number}_{name}", {"NUMBER": str(number), "NAME": name}
    return {path.format(module=module): _text(text, **words) for path, text in EACH.items()}


def _text(name: str, **words: str) -> str:
    text = (SKELETON / name).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _quoted(title: str) -> str:
    """A title that may stand in a Python string."""
    return title.replace("\\", "/").replace('"', "'")


def _write(folder: Path, bodies: dict[str, str]) -> list[Path]:
    for path in bodies:
        if (folder / path).exists():
            raise InvalidHomework(f"{folder / path} exists: move it away first")
    for path, body in bodies.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(body, "utf-8")
    return [folder / path for path in bodies]
