"""A CSV file from another system: cells can be filled in, and every other byte is unchanged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assay.errors import InvalidInput

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")


@dataclass
class Sheet:
    """Rows of cells exactly as in the file, with their quotation marks, and each row's line end."""

    rows: list[list[str]]
    ends: list[str]
    delimiter: str
    encoding: str
    bom: bytes

    def value(self, row: int, column: int) -> str:
        """The text of a cell; empty if the row has no such cell."""
        cells = self.rows[row]
        raw = cells[column] if column < len(cells) else ""
        text = raw.strip(" ")
        if len(text) > 1 and text[0] == text[-1] == '"':
            return text[1:-1].replace('""', '"')
        return raw

    def put(self, row: int, column: int, text: str) -> None:
        """Fill a cell; it is quoted if it was quoted before, or if it has to be."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        special = any(c in text for c in (self.delimiter, '"', "\r", "\n"))
        quoted = special or cells[column].startswith('"')
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def header(self) -> list[str]:
        """The texts of the first row."""
        return [self.value(0, column) for column in range(len(self.rows[0]))]

    def body(self) -> bytes:
        """The content of the file, with the filled cells."""
        lines = zip(self.rows, self.ends, strict=True)
        text = "".join(self.delimiter.join(cells) + end for cells, end in lines)
        return self.bom + text.encode(self.encoding, "replace")


def parse(body: bytes) -> Sheet:
    """Read a CSV file.

    Raises:
        InvalidInput: it is empty, it is not text, or a quotation mark is never closed.
    """
    bom = _BOM if body.startswith(_BOM) else b""
    content = body[len(bom) :]
    if b"\0" in content:
        raise InvalidInput("it is not a CSV file in UTF-8: export it again")
    try:
        text, encoding = content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    if not text.strip():
        raise InvalidInput("it is empty")
    delimiter = _delimiter(text)
    rows, ends = _rows(text, delimiter)
    return Sheet(rows, ends, delimiter, encoding, bom)


def _delimiter(text: str) -> str:
    first_line = re.sub(r'"(?:[^"]|"")*"', "", text).lstrip("\r\n").splitlines()[:1]
    return max(_DELIMITERS, key="".join(first_line).count)


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    cell = re.compile(
        rf'( *"(?:[^"]|"")*"[^{delimiter}\r\n]*|[^{delimiter}\r\n"][^{delimiter}\r\n]*|)'
        rf"({delimiter}|\r\n|\r|\n|\Z)"
    )
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    position = 0
    while position < len(text) or len(rows) > len(ends):
        match = cell.match(text, position)
        if match is None:
            raise InvalidInput(f"a quotation mark opened in row {len(rows)} is never closed")
        rows[-1].append(match[1])
        position = match.end()
        if match[2] != delimiter:
            ends.append(match[2])
            if position >= len(text):
                break
            rows.append([])
    return rows, ends
