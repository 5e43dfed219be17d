"""One submission in whatever form: its sources, its data, and where each problem is solved."""

from __future__ import annotations

import hashlib
import io
import posixpath
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from assay.checks import problem_number
from assay.errors import Unreadable
from assay.homework import Homework
from assay.submission import archive, folder
from assay.submission.documents import documents_in, is_document
from assay.submission.folder import Collected
from assay.submission.layout import depth, from_root, is_source
from assay.submission.naming import ARCHIVES, SOURCES, identifier, shown
from assay.submission.notebook import CODE_LIMIT
from assay.submission.source import Source, from_file, from_notebook

# Parsing takes time, especially of code that is broken on purpose.
NOTEBOOK_LIMIT = 20  # notebooks read
SEARCH_LIMIT = 2**19  # characters searched for a problem that has no file of its own
ACCEPTED = (
    "a folder, a .zip or .tar.gz, a .py file, an .ipynb notebook, or a written solution as .tex, "
    ".md or .txt"
)


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        name: an id that is safe as a file name.
        sources: every .py and .ipynb, the shallowest path first.
        data: the other files, by path from the folder that contains the problem files.
        reported: the content of each file of reported figures, by the name the homework gives it.
        notes: what was ignored and why.
        documents: the text of each written solution, by its name; a notebook's Markdown cells are
            documents as well, "hw10.ipynb, cell 3".
        sha256: of everything that was read; a folder and an archive of it have the same.
    """

    name: str
    sources: tuple[Source, ...]
    data: dict[str, bytes]
    reported: dict[str, bytes]
    notes: tuple[str, ...]
    sha256: str
    documents: dict[str, bytes] = field(default_factory=dict)

    def source(self, module: str, functions: Collection[str]) -> Source | None:
        """Where a problem is solved: the problem's own file, or the one that defines the most.

        Args:
            module: the name of the problem's file without suffix, in upper or lower case.
            functions: the problem's functions; the source must define at least one.
        Returns:
            None if there is no such source. A file that does not parse is returned, and so is a
            submission's only source if it cannot be read, so that the student learns its fault.
        """
        own = [s for s in self.sources if s.file.lower() == f"{module}.py".lower()]
        if own:
            return own[0]
        wanted = frozenset(functions)
        number = problem_number(f"{module}.py")
        others = [s for s in self._searched() if s.problem in ("", number)]
        matching = [s for s in others if wanted & (s.defined | s.attempted)]
        if not matching:
            return others[0] if len(self.sources) == 1 and others and others[0].fault else None
        return max(matching, key=lambda s: (len(wanted & s.defined), len(wanted & s.attempted)))

    def _searched(self) -> list[Source]:
        sizes = accumulate(source.size for source in self.sources)
        so_far = zip(self.sources, sizes, strict=True)
        return [source for source, size in so_far if size <= SEARCH_LIMIT]

    def modules(self) -> dict[str, str]:
        """The text of every readable .py by import name, `pkg.mod` for pkg/mod.py."""
        importable = [s for s in self.sources if s.import_name and s.cells and not s.hidden_by]
        return {s.import_name: s.cells[0][1] for s in importable}


def read(path: Path, homework: Homework | None = None) -> Submission:
    """Read a folder, an archive, a Python file or a notebook.

    Raises:
        Unreadable: nothing at all can be read.
    """
    collected = Collected(path.name or path.resolve().name, homework)
    try:
        _collect(path, collected)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be read: {fault.strerror}") from None
    return to_submission(collected, identifier(path))


def collect_file(name: str, content: bytes, collected: Collected) -> None:
    """Collect the files of a submission of one file: those of an archive, or the file itself.

    Raises:
        Unreadable: it is of an unsupported type, too large, or damaged.
    """
    kind = archive.kind(content)
    if len(content) > archive.ARCHIVE_LIMIT:
        limit = archive.ARCHIVE_LIMIT // 2**20
        raise Unreadable(f"{shown(name)} is larger than {limit} MiB: hand in only the code")
    if kind:
        if not name.lower().endswith(archive.SUFFIXES[kind]):
            collected.note(f"{shown(name)} is in fact a {kind} archive, and was read as one")
        archive.collect(content, collected, name=name)
    elif name.lower().endswith(SOURCES) or (content and is_document(name)):
        path = collected.path(name)
        if path:
            collected.add(path, len(content), lambda: io.BytesIO(content))
    else:
        raise Unreadable(f"{shown(name)} is {_type(name, content)}: hand in {ACCEPTED}")


def to_submission(collected: Collected, name: str) -> Submission:
    """The submission that the collected files make up, under an id.

    Raises:
        Unreadable: there is no Python file or notebook among them.
    """
    _open_only_archive(collected)
    files = from_root(collected)
    paths = sorted(files, key=depth)
    sources = _sources({p: files[p] for p in paths if is_source(p)}, collected)
    documents = documents_in({path: files[path] for path in paths})
    if not sources and not documents:
        raise Unreadable(_without_source(collected))
    _note_hidden(sources, collected)
    reports = _reports(paths, collected)
    reported = {file: files[places[0]] for file, places in reports.items() if places}
    apart = {path for places in reports.values() for path in places}
    data = {p: files[p] for p in paths if not is_source(p) and p not in apart}
    return Submission(name, sources, data, reported, collected.notes, _sha256(files), documents)


def _collect(path: Path, collected: Collected) -> None:
    if path.is_dir():
        folder.collect(path, collected)
    elif not path.exists():
        raise Unreadable(f"{shown(str(path))} does not exist: check how the path is spelled")
    elif not path.is_file():
        raise Unreadable(f"{shown(str(path))} is not a regular file: hand in {ACCEPTED}")
    else:
        with path.open("rb") as stream:
            content = folder.read_at_most(stream, archive.ARCHIVE_LIMIT + 1)
        collect_file(path.name, content, collected)


def _type(name: str, content: bytes) -> str:
    """What a file is that cannot be read."""
    if not content:
        return "empty"
    foreign = archive.foreign(content)
    if foreign:
        return f"{foreign} archive, which is not supported"
    has_suffix = name.lower().endswith((*ARCHIVES, ".tar"))
    return "not an archive, despite its suffix" if has_suffix else "not a supported type of file"


def _open_only_archive(collected: Collected) -> None:
    """Open an archive inside the submission if nothing else there can hold code; never twice."""
    inner = [path for path in collected.files if path.lower().endswith(ARCHIVES)]
    if len(inner) == 1 and not any(map(is_source, collected.files)):
        name = inner[0]
        if archive.kind(collected.files[name]):
            stem = name[: -len(next(s for s in ARCHIVES if name.lower().endswith(s)))]
            content = collected.remove(name)
            archive.collect(content, collected, name=name, prefix=f"{stem}/")
    for path in [path for path in collected.files if path.lower().endswith(ARCHIVES)]:
        collected.note(f"{shown(path)} is an archive inside the submission and was not opened")
        if len(collected.files[path]) > folder.FILE_LIMIT:
            collected.remove(path)


def _reports(paths: list[str], collected: Collected) -> dict[str, list[str]]:
    """The paths of each file of reported figures, the shallowest, which is used, first."""
    reports = {}
    for section in collected.homework.sections:
        places = [p for p in paths if posixpath.basename(p).lower() == section.file.lower()]
        for other in places[1:]:
            collected.note(f"{shown(other)} was ignored: {shown(places[0])} is used")
        reports[section.file] = places
    return reports


def _sources(files: dict[str, bytes], collected: Collected) -> tuple[Source, ...]:
    sources: list[Source] = []
    for path, content in files.items():
        reason = _enough(sources) if path.lower().endswith(".ipynb") else ""
        if reason:
            collected.note(f"{shown(path)} was ignored: {reason}")
        else:
            sources.append(_source(path, content, collected))
    return tuple(sources)


def _enough(sources: Iterable[Source]) -> str:
    """Why no further notebook is read; empty if another one may be."""
    notebooks = [source for source in sources if source.tolerant]
    if len(notebooks) >= NOTEBOOK_LIMIT:
        return f"no more than {NOTEBOOK_LIMIT} notebooks are read"
    if sum(source.size for source in notebooks) >= CODE_LIMIT:
        return f"the other notebooks already contain {CODE_LIMIT:,} characters of code"
    return ""


def _source(path: str, content: bytes, collected: Collected) -> Source:
    modules = collected.homework.modules
    if path.lower().endswith(".py"):
        source = from_file(path, content, modules)
    else:
        source, notes = from_notebook(path, content, modules)
        for note in notes:
            collected.note(note)
    if source.fault:
        collected.note(source.fault)
    return source


def _note_hidden(sources: Iterable[Source], collected: Collected) -> None:
    for library in sorted({s.hidden_by for s in sources} - {""}):
        collected.note(f"your own `{library}` is not used: `import {library}` finds the library")


def _without_source(collected: Collected) -> str:
    listed = ", ".join(shown(path) for path in sorted(collected.files)[:3])
    reasons = [f"it contains {listed}"] if listed else []
    reasons += collected.notes[:3] if collected.files or collected.notes else ["it is empty"]
    what = f"{shown(collected.name)} contains no Python file and no notebook"
    return f"{what} ({'; '.join(reasons)}): hand in the problem files or one notebook"


def _sha256(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{len(path.encode())} {path} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()
