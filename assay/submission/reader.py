"""One submission in whatever form: its sources, its data, and where each problem is solved."""

from __future__ import annotations

import hashlib
import io
import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, takewhile
from pathlib import Path

from assay.checks import select
from assay.errors import Unreadable
from assay.homework import Homework
from assay.submission import archive, documents, encoding, folder, made, packages, versions
from assay.submission.choice import choose
from assay.submission.choice import notes as notes_on
from assay.submission.definitions import Template
from assay.submission.folder import Collected
from assay.submission.layout import depth, from_root, is_source
from assay.submission.naming import (
    ARCHIVES,
    DOCUMENTS,
    SOURCES,
    identifier,
    shown,
    stem,
    undisguised,
)
from assay.submission.notebook import CODE_LIMIT
from assay.submission.source import Source, from_file, from_notebook

# Parsing takes time, especially of code that is broken on purpose.
NOTEBOOK_LIMIT = 20  # notebooks read
SEARCH_LIMIT = 2**19  # characters searched for a problem that has no file of its own
INNER_LIMIT = 12  # archives opened inside a submission
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
        documents: what may hold a written solution (`assay.submission.documents`).
        reported: the content of each file of reported figures, by the name the homework gives it.
        notes: what was ignored and why.
        sha256: of everything that was read; a folder and an archive of it have the same.
    """

    name: str
    sources: tuple[Source, ...]
    data: dict[str, bytes]
    reported: dict[str, bytes]
    notes: tuple[str, ...]
    sha256: str
    documents: dict[str, bytes] = field(default_factory=dict)

    def source(
        self, module: str, functions: Collection[str], template: Template | None = None
    ) -> Source | None:
        """Where a problem is solved (`assay.submission.choice`).

        Args:
            module: the name of the problem's file without suffix, in upper or lower case.
            functions: the problem's functions; the source must define at least one, unless it has
                the problem's name.
            template: their definitions in the student's template.
        Returns:
            None if there is no such source. A file that does not parse is returned, so that the
            student learns its fault.
        """
        return choose(self._searched(), module, functions, template or {}).source

    @property
    def cannot_run(self) -> str:
        """One sentence why no part of its code can be run; empty if some part can.

        It is empty as well where there are formulas to be judged.
        """
        faults = list(takewhile(bool, (source.why_not for source in self._searched())))
        all_faulty = len(faults) == len(self.sources) > 0
        if not all_faulty or documents.have_formulas(self.documents):
            return ""
        more = f" (and {len(faults) - 1} more files that cannot be run)" if faults[1:] else ""
        return f"{faults[0]}{more}"

    def chosen(self, homework: Homework) -> list[str]:
        """What of several candidates is graded, in all problems, a line each."""
        problems = {m: homework.template_of(m) for m in homework.problem_modules()}
        return notes_on([choose(self._searched(), m, t, t) for m, t in problems.items()])

    def texts(self, homework: Homework, only: str = "") -> list[str]:
        """The code that is run for the checks that `only` names, by default for all of them.

        It is that of the problems' sources, and of what they import.
        """
        stated = select(homework.stated(), only) if only else homework.stated()
        graded = {m: homework.template_of(m) for m in {each.module for each in stated}}
        run = [s for s in (self.source(m, t, t) for m, t in graded.items()) if s]
        for source in run:  # it grows
            imported = source.imports | source.imported_modules
            run += [s for s in self.sources if s.names & imported and s not in run]
        return [text for source in run for _, text in source.cells]

    def _searched(self) -> list[Source]:
        sizes = accumulate(source.size for source in self.sources)
        so_far = zip(self.sources, sizes, strict=True)
        return [source for source, size in so_far if size <= SEARCH_LIMIT]

    def modules(self, beside: Source | None = None) -> dict[str, str]:
        """The text of every readable .py by import name, `pkg.mod` for pkg/mod.py.

        Args:
            beside: a source whose own folder comes first, as for a program that starts there.
        """
        found = {name: s.cells[0][1] for name, s in self._importable(beside).items()}
        return found | dict(beside.imported if beside else ())

    def files(self, beside: Source | None = None) -> dict[str, str]:
        """The path of each module of a package, by import name, as for `modules`."""
        found = self._importable(beside).items()
        return {name: s.name for name, s in found if name in {full for _, full in s.packages}}

    def _importable(self, beside: Source | None) -> dict[str, Source]:
        readable = [s for s in self.sources if s.cells]
        scripts = [s for s in readable if s.import_name and not s.hidden_by]
        found = {name: s for s in reversed(readable) for _, name in reversed(s.packages)}
        found |= {s.import_name: s for s in scripts}
        if beside is not None:
            folder = posixpath.dirname(beside.name)
            near = {s.import_name_from(folder): s for s in scripts}
            found |= {name: s for name, s in near.items() if name}
            for start, own in beside.packages:
                found |= {n: s for s in readable for at, n in s.packages if at == start}
                found[own] = beside
        return found

    def data_beside(self, source: Source) -> dict[str, bytes]:
        """The data by path from the root, and also from the folder that a source lies in."""
        start = f"{posixpath.dirname(source.name)}/".lstrip("/")
        near = {p.removeprefix(start): self.data[p] for p in self.data if p.startswith(start)}
        return self.data | near | dict(source.before)


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
    elif undisguised(name).lower().endswith((*SOURCES, *DOCUMENTS)):
        path = collected.path(name)
        if path:
            collected.add(path, len(content), lambda: io.BytesIO(content))
    else:
        raise Unreadable(f"{shown(name)} is {_type(name, content)}: hand in {ACCEPTED}")


def to_submission(collected: Collected, name: str) -> Submission:
    """The submission that the collected files make up, under an id.

    Raises:
        Unreadable: there is no Python file, notebook or written solution among them.
    """
    _open_archives(collected)
    places = from_root(collected)
    files = {path: collected.files[place] for path, place in places.items()}
    paths = sorted(files, key=depth)
    sha256 = _sha256(files)
    sources = _sources({p: files[p] for p in paths if is_source(p)}, places, collected)
    read_source = partial(_source, collected=collected, magics=_are_searched(sources))
    sources = made.Folder(files, places, collected, read_source).run(sources)
    sources = packages.placed(sources, collected.name)
    paths = sorted(files, key=depth)
    texts = documents.found_in({p: files[p] for p in paths})
    if not sources and not documents.have_formulas(texts):
        raise Unreadable(_without_source(collected, texts))
    _note_hidden(sources, collected)
    reports = _reports(paths, places, collected)
    reported = {f: encoding.in_utf8(files[at[0]]) for f, at in reports.items() if at}
    apart = {path for at in reports.values() for path in at}
    data = {p: files[p] for p in paths if not is_source(p) and p not in apart}
    found = Submission(name, sources, data, reported, (), sha256, texts)
    for note in found.chosen(collected.homework):
        collected.note(note)
    return replace(found, notes=collected.notes)


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


def _open_archives(collected: Collected) -> None:
    """Open the archives inside the submission; those inside of these stay closed."""
    inner = [path for path in collected.files if path.lower().endswith(ARCHIVES)]
    openable = [] if len(inner) > INNER_LIMIT else inner
    for name in openable:
        if archive.kind(collected.files[name]):
            _open_archive(name, collected, is_only=len(collected.files) == 1)
    for path in [path for path in collected.files if path.lower().endswith(ARCHIVES)]:
        collected.note(f"{shown(path)} is an archive inside the submission and was not opened")
        if len(collected.files[path]) > folder.FILE_LIMIT:
            collected.remove(path)


def _open_archive(name: str, collected: Collected, *, is_only: bool) -> None:
    """Put an archive's files in its place; one without code stays as it is, among the data."""
    before, content = set(collected.files), collected.files[name]
    prefix = f"{stem(name)}/"
    prefix = f"{name}/" if any(path.startswith(prefix) for path in before) else prefix
    collected.turn, _ = collected.handed_in(name)
    collected.remove(name)
    fault = None
    try:
        archive.collect(content, collected, name=name, prefix=prefix)
    except Unreadable as raised:
        fault = raised
        if is_only:
            raise
        collected.note(f"{shown(name)} was ignored: {fault}")
    inside = [path for path in collected.files if path not in before]
    is_data = not fault and any(map(is_source, before)) and not any(map(_is_text, inside))
    if fault or is_data:
        for path in inside:
            collected.remove(path)
    if is_data:
        collected.put_back(name, content)


def _is_text(path: str) -> bool:
    return is_source(path) or path.lower().endswith(DOCUMENTS)


def _reports(
    paths: list[str], places: Mapping[str, str], collected: Collected
) -> dict[str, list[str]]:
    """The paths of each file of reported figures, the one that is used first.

    That is the newest; of those that are as new, the shallowest.
    """

    def newest_first(path: str) -> tuple[bool, int, bool, int, tuple[int, str]]:
        turn, is_loose = collected.handed_in(places[path])
        words = versions.is_older(places[path]), versions.newness(places[path])
        return words[0], -turn, not is_loose, -words[1], depth(path)

    reports = {}
    for section in collected.homework.sections:
        named = [p for p in paths if posixpath.basename(p).lower() == section.file.lower()]
        named.sort(key=newest_first)
        for other in named[1:]:
            collected.note(f"{shown(other)} was ignored: {shown(named[0])} is used")
        reports[section.file] = named
    return reports


def _sources(
    files: dict[str, bytes], places: Mapping[str, str], collected: Collected
) -> tuple[Source, ...]:
    sources: list[Source] = []
    for path, content in files.items():
        reason = _enough(sources) if path.lower().endswith(".ipynb") else ""
        if reason:
            collected.note(f"{shown(path)} was ignored: {reason}")
        else:
            handed_in = collected.handed_in(places[path])
            source = _source(path, content, collected, magics=_are_searched(sources))
            sources.append(replace(source, origin=places[path], handed_in=handed_in))
    return tuple(sources)


def _enough(sources: Iterable[Source]) -> str:
    """Why no further notebook is read; empty if another one may be."""
    notebooks = [source for source in sources if source.tolerant]
    if len(notebooks) >= NOTEBOOK_LIMIT:
        return f"no more than {NOTEBOOK_LIMIT} notebooks are read"
    if sum(source.size for source in notebooks) >= CODE_LIMIT:
        return f"the other notebooks already contain {CODE_LIMIT:,} characters of code"
    return ""


def _are_searched(sources: Iterable[Source]) -> bool:
    """Whether all of them are searched for functions, and so may be another one beside them."""
    return sum(source.size for source in sources) <= SEARCH_LIMIT


def _source(path: str, content: bytes, collected: Collected, *, magics: bool) -> Source:
    modules = collected.homework.modules
    if encoding.marked(content):
        content = encoding.in_utf8(content)
        collected.note(f"{shown(path)} was read as UTF-16 or UTF-32: save it as UTF-8")
    if path.lower().endswith(".py"):
        source = from_file(path, content, modules, magics=magics)
    else:
        source, notes = from_notebook(path, content, modules)
        for note in notes:
            collected.note(note)
    if source.fault:
        collected.note(source.fault)
    return source


def _note_hidden(sources: Iterable[Source], collected: Collected) -> None:
    for library in sorted({s.hidden_by for s in sources if not s.packages} - {""}):
        collected.note(f"your own `{library}` is not used: `import {library}` finds the library")


def _without_source(collected: Collected, texts: Collection[str]) -> str:
    listed = ", ".join(shown(path) for path in sorted(collected.files)[:3])
    if texts:
        what = f"{shown(collected.name)} contains neither code nor formulas ({listed})"
        return f"{what}: hand in the problem files, one notebook, or your solution as LaTeX"
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
