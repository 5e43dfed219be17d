"""A CSV file of somebody else's: cells can be filled in, and every other byte stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assay.errors import InvalidInput

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")


@dataclass
class Sheet:
    """Rows of cells as they stand in the file, quotes included, and each row's line end."""

    rows: list[list[str]]
    ends: list[str]
    delimiter: str
    encoding: str
    bom: bytes

    def value(self, row: int, column: int) -> str:
        """What a cell says; empty where the row has no such cell."""
        cells = self.rows[row]
        raw = cells[column] if column < len(cells) else ""
        text = raw.strip(" ")
        if len(text) > 1 and text[0] == text[-1] == '"':
            return text[1:-1].replace('""', '"')
        return raw

    def put(self, row: int, column: int, text: str) -> None:
        """Fill a cell; it is quoted where it was, or where it must be."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        special = any(c in text for c in (self.delimiter, '"', "\r", "\n"))
        quoted = special or cells[column].startswith('"')
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def header(self) -> list[str]:
        """What the cells of the first row say."""
        return [self.value(0, column) for column in range(len(self.rows[0]))]

    def body(self) -> bytes:
        """The file as it is now."""
        lines = zip(self.rows, self.ends, strict=True)
        text = "".join(self.delimiter.join(cells) + end for cells, end in lines)
        return self.bom + text.encode(self.encoding, "replace")


def parse(body: bytes) -> Sheet:
    """Take a CSV file apart.

    Raises:
        InvalidInput: it is empty, holds no text in an encoding of bytes, or a quote does not end.
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
    first = re.sub(r'"(?:[^"]|"")*"', "", text).lstrip("\r\n").splitlines()[:1]
    return max(_DELIMITERS, key="".join(first).count)


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    cell = re.compile(
        rf'( *"(?:[^"]|"")*"[^{delimiter}\r\n]*|[^{delimiter}\r\n"][^{delimiter}\r\n]*|)'
        rf"({delimiter}|\r\n|\r|\n|\Z)"
    )
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    at = 0
    while at < len(text) or len(rows) > len(ends):
        match = cell.match(text, at)
        if match is None:
            raise InvalidInput(f"a quote that opens in row {len(rows)} does not close")
        rows[-1].append(match[1])
        at = match.end()
        if match[2] != delimiter:
            ends.append(match[2])
            if at >= len(text):
                break
            rows.append([])
    return rows, ends
