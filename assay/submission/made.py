"""The files that a submission's notebooks write count as files of the submission.

They are as Run All leaves them: a cell overwrites a file of its name that was handed in, and of two
notebooks the newer one is the last to write.
"""

from __future__ import annotations

import posixpath
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import replace

from assay.submission.folder import Collected, is_ignored
from assay.submission.layout import depth, is_source
from assay.submission.naming import shown, stem, unsafe
from assay.submission.source import Source
from assay.submission.versions import numbers
from assay.submission.writefile import Written, written

FILES_LIMIT = 200  # such files in a submission
SIZE_LIMIT = 2**19  # bytes that cells write


class Folder:
    """The files of a submission, while its notebooks write more of them.

    Args:
        files: by path; what is written is added.
        places: by path, the path in what was handed in; of what is written, its notebook's.
        read: reads a .py file.
    """

    def __init__(
        self,
        files: dict[str, bytes],
        places: dict[str, str],
        collected: Collected,
        read: Callable[[str, bytes], Source],
    ) -> None:
        self.files, self.places, self.collected, self.read = files, places, collected, read
        self._ordered = sorted(files)
        self._labels: dict[str, str] = {}
        self._size = 0

    def run(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """The sources with those that their cells write, the shallowest first."""
        found = {source.name: source for source in sources}
        writers = [source for source in sources if source.interactive]
        for writer in sorted(writers, key=lambda s: (*s.age, numbers(s.origin))):
            before = []
            for path, each in written(writer.cells).items():
                place = posixpath.normpath(posixpath.join(posixpath.dirname(writer.name), path))
                place = place if unsafe(place) else unicodedata.normalize("NFC", place)
                old = self.files.get(place, b"")
                if self._write(place, each, self.places[writer.name]):
                    before += [(path, old)] if each.appends and not unsafe(path) else []
                    if place.lower().endswith(".py"):
                        found[place] = self._source(place, each, writer)
            found[writer.name] = replace(found[writer.name], before=tuple(before))
        return tuple(sorted(found.values(), key=lambda source: depth(source.name)))

    def _write(self, path: str, each: Written, origin: str) -> bool:
        """Write a file, and whether that was done; a note says why not, or what it replaces."""
        label = f"{each.cell}: {shown(path)}"
        fault = self._fault(path) or self._too_much(path, each)
        if fault:
            self.collected.note(f"{label} was ignored: {fault}")
            return False
        content = each.content(self.files.get(path, b""))
        if not each.appends and self.files.get(path, content) != content:
            other = self._labels.get(path, f"the {shown(path)} that was handed in")
            self.collected.note(f"{label} is used, not {other}: Run All overwrites it")
        if path not in self.files:
            insort(self._ordered, path)
        self.files[path], self.places[path], self._labels[path] = content, origin, label
        return True

    def _source(self, path: str, each: Written, writer: Source) -> Source:
        return replace(
            self.read(path, self.files[path]),
            origin=f"{stem(writer.origin)}/{path}",
            handed_in=writer.handed_in,
            written_by=each.cell,
        )

    def _fault(self, path: str) -> str:
        """Why what a cell writes is no file of the submission; empty if it is one."""
        if unsafe(path):
            return unsafe(path)
        parts = path.split("/")
        if is_ignored(parts, self.collected.homework):
            return "files of that name are not read"
        if is_source(path) and not path.lower().endswith(".py"):
            return "only .py files that cells write are read as code"
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        at = bisect_left(self._ordered, f"{path}/")
        below = any(other.startswith(f"{path}/") for other in self._ordered[at : at + 1])
        if below or not above.isdisjoint(self.files):
            return "a folder and a file would have the same name"
        return ""

    def _too_much(self, path: str, each: Written) -> str:
        """Why no more is written; empty if this may be, and then it counts."""
        if path not in self._labels and len(self._labels) >= FILES_LIMIT:
            return f"no more than {FILES_LIMIT} files that cells write are read"
        size = len(each.content(b""))
        if self._size + size > SIZE_LIMIT:
            return f"no more than {SIZE_LIMIT // 2**10} KiB that cells write are read"
        self._size += size
        return ""
