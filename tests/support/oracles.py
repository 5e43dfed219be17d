"""What must not be in an output, by channel; none of it uses code of the kit."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pyte

# What the runner's comparison ignores (.NET compares by culture), and what it trims.
IGNORABLE = {"Cf", "Mn", "Me", "Cc", "Co", "Cn"}
SHAPING = "\u200c\u200d"  # join or separate letters; they move nothing and hide nothing
DRAWN = {"draw", "linefeed", "carriage_return", "tab"}


def workflow_commands(text):
    """The commands that GitHub's runner, or an agent with the older grammar, would run.

    `::name key=value,key=value::text` at the start of a line after anything that is trimmed or
    ignored; `##[name]` and `##vso[name]` anywhere (docs.github.com, "Workflow commands").
    """
    for row in re.split(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text):
        start = "".join(c for c in row if unicodedata.category(c) not in IGNORABLE).lstrip()
        match = re.match(r"::([\w-]+)[^:]*(?::[^:]+)*::", start)
        if match or start.startswith("::"):
            yield start
        elif re.search(r"##\w*\[", start) or re.search(r"##\w*\[", row):
            yield row


class Listener:
    """Stands in for a terminal's screen: notes every event that is more than showing a letter."""

    def __init__(self):
        self.more, self.letters = [], []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def event(*arguments, **named):
            if name == "draw":
                self.letters.append(arguments[0])
            elif name not in DRAWN:
                self.more.append((name, arguments))

        return event


def terminal_events(text):
    """What a terminal does with a text besides showing letters, and the letters that hide."""
    listener = Listener()
    pyte.Stream(listener, strict=False).feed(text.replace("\n", "\r\n"))
    return listener.more + hidden(text)


def hidden(text):
    """The characters that show nothing or move others, but tabs and line ends."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [c for c in set(text) - {*"\n\t", *SHAPING} if unicodedata.category(c) in kinds]


csv.field_size_limit(10**7)


def formulas(body, delimiter=","):
    """The cells of a CSV file that a spreadsheet would run."""
    for row in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter):
        for cell in row:
            start = unicodedata.normalize("NFKC", cell).strip()[:1]
            if start and start in "=+-@":
                try:
                    float(cell)
                except ValueError:
                    yield cell
