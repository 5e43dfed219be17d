"""One hand-in, whatever it came as: its sources, its data, and where each problem is solved."""

from __future__ import annotations

import hashlib
import io
import posixpath
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from assay.checks import problem_number
from assay.errors import Unreadable
from assay.homework import Homework
from assay.submission import archive, folder
from assay.submission.folder import Haul
from assay.submission.naming import ARCHIVES, SOURCES, identifier, shown
from assay.submission.notebook import CODE_LIMIT
from assay.submission.source import Source, from_file, from_notebook

# Looking into code takes time, the more so where it is broken on purpose.
NOTEBOOK_LIMIT = 20  # notebooks read
SEARCH_LIMIT = 2**19  # characters searched for a problem that has no file of its name
TAKEN = "a folder, a .zip or .tar.gz, a .py file or an .ipynb notebook"


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        name: an id that is safe as a file name.
        sources: every .py and .ipynb, the shallowest path first.
        data: the other files, by path from the folder that holds the problem files.
        reported: the content of each file of reported figures, by the name the homework gives it.
        notes: what was passed over and why.
        sha256: of all that was read, the same for a folder and for an archive of it.
    """

    name: str
    sources: tuple[Source, ...]
    data: dict[str, bytes]
    reported: dict[str, bytes]
    notes: tuple[str, ...]
    sha256: str

    def source(self, module: str, functions: Collection[str]) -> Source | None:
        """Where a problem is solved: the file of its name, else the one that defines the most.

        Args:
            module: the problem's file name without suffix; upper and lower case are alike.
            functions: the problem's functions; at least one is to be defined.
        Returns:
            None where there is no such source. A file that does not parse, or a hand-in's only
            source that cannot be read, is returned, so that what is wrong with it is told.
        """
        named = [s for s in self.sources if s.file.lower() == f"{module}.py".lower()]
        if named:
            return named[0]
        wanted = frozenset(functions)
        number = problem_number(f"{module}.py")
        free = [s for s in self._searched() if s.problem in ("", number)]
        found = [s for s in free if wanted & (s.defined | s.attempted)]
        if not found:
            return free[0] if len(self.sources) == 1 and free and free[0].fault else None
        return max(found, key=lambda s: (len(wanted & s.defined), len(wanted & s.attempted)))

    def _searched(self) -> list[Source]:
        sizes = accumulate(source.size for source in self.sources)
        found = zip(self.sources, sizes, strict=True)
        return [source for source, size in found if size <= SEARCH_LIMIT]

    def modules(self) -> dict[str, str]:
        """The text of every readable .py by import name, `pkg.mod` for pkg/mod.py."""
        found = [s for s in self.sources if s.import_name and s.cells and not s.hidden_by]
        return {s.import_name: s.cells[0][1] for s in found}


def read(path: Path, homework: Homework | None = None) -> Submission:
    """Read a folder, an archive, a Python file or a notebook.

    Raises:
        Unreadable: nothing at all can be read.
    """
    haul = Haul(path.name or path.resolve().name, homework)
    try:
        _gather(path, haul)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be read: {fault.strerror}") from None
    return settled(haul, identifier(path))


def settled(haul: Haul, name: str) -> Submission:
    """The submission that these files make, under an id.

    Raises:
        Unreadable: there is no source among them.
    """
    _open_lone_archive(haul)
    files = _placed(haul)
    paths = sorted(files, key=_depth)
    sources = _sources({p: files[p] for p in paths if _is_source(p)}, haul)
    if not sources:
        raise Unreadable(_nothing_in(haul))
    _note_hidden(sources, haul)
    reports = _reports(paths, haul)
    figures = {name: files[found[0]] for name, found in reports.items() if found}
    apart = {path for found in reports.values() for path in found}
    data = {p: files[p] for p in paths if not _is_source(p) and p not in apart}
    return Submission(name, sources, data, figures, haul.notes, _sha256(files))


def _reports(paths: list[str], haul: Haul) -> dict[str, list[str]]:
    """Where each file of reported figures lies, the shallowest first, which counts."""
    reports = {}
    for section in haul.homework.sections:
        found = [p for p in paths if posixpath.basename(p).lower() == section.file.lower()]
        for other in found[1:]:
            haul.note(f"{shown(other)} is not used: {shown(found[0])} is")
        reports[section.file] = found
    return reports


def _gather(path: Path, haul: Haul) -> None:
    if path.is_dir():
        folder.collect(path, haul)
    elif not path.exists():
        raise Unreadable(f"{shown(str(path))} is not there: check how the path is spelled")
    elif not path.is_file():
        raise Unreadable(f"{shown(str(path))} is no plain file: hand in {TAKEN}")
    else:
        with path.open("rb") as stream:
            content = folder.first(stream, archive.ARCHIVE_LIMIT + 1)
        gather_file(path.name, content, haul)


def gather_file(name: str, content: bytes, haul: Haul) -> None:
    """Take what a hand-in of one file holds: an archive's files, or the file.

    Raises:
        Unreadable: it is of a type not taken, too large, or damaged.
    """
    kind = archive.kind(content)
    if len(content) > archive.ARCHIVE_LIMIT:
        limit = archive.ARCHIVE_LIMIT // 2**20
        raise Unreadable(f"{shown(name)} is larger than {limit} MiB: hand in the code only")
    if kind:
        if not name.lower().endswith(archive.SUFFIXES[kind]):
            haul.note(f"{shown(name)} is a {kind} archive by its content, and is read as one")
        archive.collect(content, haul, name=name)
    elif name.lower().endswith(SOURCES):
        path = haul.path(name)
        if path:
            haul.take(path, len(content), lambda: io.BytesIO(content))
    else:
        raise Unreadable(f"{shown(name)} is {_what(name, content)}: hand in {TAKEN}")


def _what(name: str, content: bytes) -> str:
    """What a file is that is not taken."""
    if not content:
        return "empty"
    foreign = archive.foreign(content)
    if foreign:
        return f"{foreign} archive, which is not taken"
    is_named_so = name.lower().endswith((*ARCHIVES, ".tar"))
    return "not an archive, whatever its suffix says" if is_named_so else "of a type not taken"


def _open_lone_archive(haul: Haul) -> None:
    """Open an archive inside the hand-in where it is all that can hold code; never twice."""
    inner = [path for path in haul.files if path.lower().endswith(ARCHIVES)]
    if len(inner) == 1 and not any(map(_is_source, haul.files)):
        name = inner[0]
        if archive.kind(haul.files[name]):
            stem = name[: -len(next(s for s in ARCHIVES if name.lower().endswith(s)))]
            archive.collect(haul.release(name), haul, name=name, prefix=f"{stem}/")
    for path in [path for path in haul.files if path.lower().endswith(ARCHIVES)]:
        haul.note(f"{shown(path)} is an archive inside the hand-in and is not opened")
        if len(haul.files[path]) > folder.FILE_LIMIT:
            haul.release(path)


def _placed(haul: Haul) -> dict[str, bytes]:
    """The files by path from the root; one that another hides is left out, with a note."""
    root, common = _root(haul.files), _common(haul.files)
    placed: dict[str, bytes] = {}
    for path in sorted(haul.files, key=lambda p: not _is_below(p, root)):
        target = path.removeprefix(f"{root if _is_below(path, root) else common}/")
        if target in placed:
            haul.note(f"{shown(path)} is passed over: another file has that place")
        else:
            placed[target] = haul.files[path]
    for path in _folders(placed):
        haul.note(f"{shown(path)} is passed over: a folder has that name")
        del placed[path]
    return placed


def _folders(paths: Iterable[str]) -> list[str]:
    """Those of the paths that others lead through."""
    # Sorted so, what lies below a path follows it at once.
    ordered = sorted(f"{path}/" for path in paths)
    return [a.removesuffix("/") for a, b in pairwise(ordered) if b.startswith(a)]


def _root(paths: Iterable[str]) -> str:
    """The folder that holds most of the problem files, else the shallowest source."""
    sources = sorted(filter(_is_source, paths), key=_depth)
    named = Counter(posixpath.dirname(path) for path in sources if problem_number(path))
    homes = [home for home, _ in named.most_common(1)]
    return (homes or [posixpath.dirname(path) for path in sources[:1]] or [""])[0]


def _common(paths: Iterable[str]) -> str:
    homes = [posixpath.dirname(path) for path in paths]
    return posixpath.commonpath(homes) if homes else ""


def _is_below(path: str, root: str) -> bool:
    return not root or path.startswith(f"{root}/")


def _sources(files: dict[str, bytes], haul: Haul) -> tuple[Source, ...]:
    found: list[Source] = []
    for path, content in files.items():
        reason = _enough(found) if path.lower().endswith(".ipynb") else ""
        if reason:
            haul.note(f"{shown(path)} is passed over: {reason}")
        else:
            found.append(_source(path, content, haul))
    return tuple(found)


def _enough(sources: Iterable[Source]) -> str:
    """Why no further notebook is read; empty where one may be."""
    notebooks = [source for source in sources if source.tolerant]
    if len(notebooks) >= NOTEBOOK_LIMIT:
        return f"{NOTEBOOK_LIMIT} notebooks are read"
    if sum(source.size for source in notebooks) >= CODE_LIMIT:
        return f"the others hold {CODE_LIMIT:,} characters of code"
    return ""


def _source(path: str, content: bytes, haul: Haul) -> Source:
    if path.lower().endswith(".py"):
        source = from_file(path, content, haul.homework.modules)
    else:
        source, notes = from_notebook(path, content, haul.homework.modules)
        for note in notes:
            haul.note(note)
    if source.fault:
        haul.note(source.fault)
    return source


def _note_hidden(sources: Iterable[Source], haul: Haul) -> None:
    for library in sorted({s.hidden_by for s in sources} - {""}):
        haul.note(f"your {library}.py is not used by imports: the real {library} is imported")


def _nothing_in(haul: Haul) -> str:
    held = ", ".join(shown(path) for path in sorted(haul.files)[:3])
    told = [f"it holds {held}"] if held else []
    told += haul.notes[:3] if haul.files or haul.notes else ["it is empty"]
    what = f"{shown(haul.name)} has no Python file and no notebook in it ({'; '.join(told)})"
    return f"{what}: hand in the problem files or one notebook"


def _sha256(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{len(path.encode())} {path} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _is_source(path: str) -> bool:
    return path.lower().endswith(SOURCES)
