r"""LaTeX mathematics as a flat list of tokens: spellings are made alike, decoration is dropped.

Macros are expanded here, with limits. `\left`, sizes, colours, labels, fonts and spaces go;
`\dfrac` and `\tfrac` are `frac`, `\varphi` is `phi`, `\mathbb{E}`, `\operatorname{E}` and `\E` are
`E`. Every token knows which part of the source it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.written import spelling
from assay.written.tree import Unread

MOST_TOKENS = 6_000  # of one display
MOST_EXPANSIONS = 2_000  # of macros in one display
DEEPEST = 12  # macros within macros


@dataclass(frozen=True)
class Token:
    """One token.

    Attributes:
        kind: "name", "number", "word" (a function), "sign", "text", "relation", "then", "row",
            "cell", "quad", "begin", "end", or "command" (unknown).
        text: its normal form.
        start, end: where it stands in the source.
        bound: "open" or "close" for a delimiter that says which it is.
    """

    kind: str
    text: str
    start: int
    end: int
    bound: str = ""


@dataclass(frozen=True)
class Macro:
    """A command that the student defined: how many arguments, the first one's default, its text.

    A pair of delimiters may have a star or a size, as `\\abs*{x}` and `\\abs[\\big]{x}`.
    """

    count: int
    default: str | None
    body: str
    is_paired: bool = False


Macros = dict[str, Macro]

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
# A font as LaTeX 2.09 wrote it: {\rm diag}, {\bf x}.
_OLD_FONT = re.compile(r"\{\s*\\(rm|bf|it|sf|tt|sl|cal)\b\s*([^{}\\]*?)\s*\}")
_LETTERS = re.compile(r"[A-Za-z]+")
_ROW_SKIP = re.compile(r"\*?\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|mu|\\baselineskip)\s*\]")


def tokenize(source: str, macros: Macros) -> list[Token]:
    """The tokens of a display.

    Raises:
        Unread: more than the limits allow, or a command without its arguments.
    """
    scanner = _Scanner(macros)
    scanner.scan(source, 0, None)
    return _overs(scanner.tokens)


@dataclass
class _Scanner:
    macros: Macros
    tokens: list[Token] = field(default_factory=list)
    expansions: int = 0
    depth: int = 0

    def scan(self, text: str, base: int, origin: tuple[int, int] | None) -> None:
        """Add the tokens of a text; `origin` is the place of a macro that it comes from."""
        source = _Source(text, base, origin)
        while source.at < len(text):
            self._step(source)
            if len(self.tokens) > MOST_TOKENS:
                raise Unread(text[:20], "this is longer than a proof needs; shorten it")

    def _add(self, source: _Source, start: int, kind: str, text: str, bound: str = "") -> None:
        self.tokens.append(Token(kind, text, *source.place(start), bound))

    def _step(self, source: _Source) -> None:
        text, start = source.text, source.at
        character = text[start]
        if character.isspace() or character in "~$":
            source.at += 1
        elif not character.isascii():
            source.at += 1
            self._foreign(source, start, character)
        elif character == "\\":
            self._command(source)
        elif character.isdigit() or (character == "." and text[start + 1 : start + 2].isdigit()):
            match = _NUMBER.match(text, start)
            source.at = match.end() if match else start + 1
            self._add(source, start, "number", text[start : source.at])
        elif character.isascii() and character.isalpha():
            self._letters(source)
        elif old := _OLD_FONT.match(text, start):
            source.at = old.end()
            font = {"bf": "mathbf", "cal": "mathcal"}.get(old[1], "mathrm")
            self.scan(f"\\{font}{{{old[2]}}}", 0, source.place(start))
        elif character == "&":
            source.at += 1
            self._add(source, start, "cell", "&")
        elif character == "%":
            end = text.find("\n", start)
            source.at = len(text) if end < 0 else end
        elif text.startswith(":=", start):
            source.at += 2
            self._add(source, start, "relation", ":=")
        elif text[start : start + 2] in ("<=", ">=", "=>"):
            pair = text[start : start + 2]
            source.at += 2
            self._add(source, start, "then" if pair == "=>" else "relation", pair)
        elif character in "=<>":
            source.at += 1
            self._add(source, start, "relation", character)
        else:
            source.at += 1
            self._add(source, start, "sign", character)

    def _foreign(self, source: _Source, start: int, character: str) -> None:
        """A sign of Unicode stands for a command, or for letters in another font."""
        spelled = spelling.UNICODE.get(character)
        if spelled is None:
            plain = unicodedata.normalize("NFKC", character)
            spelled = "".join(spelling.UNICODE.get(c, c if c.isascii() else "") for c in plain)
        if spelled:
            self.scan(spelled, 0, source.place(start))
        elif character.isprintable():
            self._add(source, start, "command", character)

    def _letters(self, source: _Source) -> None:
        """Letters are names, one each, unless they spell a function as in `log`."""
        match = _LETTERS.match(source.text, source.at)
        run = match.group() if match else ""
        start = source.at
        words = spelling.BARE_TEXT if _is_apart(source.text, start, run) else frozenset()
        if run in words:
            source.at += len(run)
            self._add(source, start, "text", run)
            return
        for size in range(min(len(run), spelling.LONGEST), 1, -1):
            if run[:size] in spelling.BARE:
                source.at += size
                self._add(source, start, "word", spelling.FUNCTIONS[run[:size]])
                return
        source.at += 1
        self._add(source, start, "name", run[0])

    def _command(self, source: _Source) -> None:
        start = source.at
        match = _COMMAND.match(source.text, start)
        source.at = match.end() if match else start + 1
        name = source.text[start + 1 : source.at]
        if name in self.macros:
            self._expand(source, start, self.macros[name])
        elif name.endswith("*") and name[:-1] in self.macros:
            source.at -= not self.macros[name[:-1]].is_paired
            self._expand(source, start, self.macros[name[:-1]])
        elif name.rstrip("*") in _ACTIONS:
            _ACTIONS[name.rstrip("*")](self, source, start, name.rstrip("*"))
        else:
            if name.endswith("*"):
                source.at -= 1
            self._simple(source, start, name.rstrip("*") or name)

    def _simple(self, source: _Source, start: int, name: str) -> None:
        if name in spelling.DROPPED:
            return
        for table, kind in _TABLES:
            if name in table:
                self._add(source, start, kind, table[name])
                return
        if name in spelling.BOUNDS:
            text, bound = spelling.BOUNDS[name]
            self._add(source, start, "sign", text, bound)
        else:
            self._add(source, start, "command", name)

    def _expand(self, source: _Source, start: int, macro: Macro) -> None:
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS or self.depth >= DEEPEST:
            raise Unread(source.text[start : source.at], "this macro expands without end")
        arguments = []
        if macro.is_paired:
            source.optional()
        for position in range(macro.count):
            optional = source.optional() if position == 0 and macro.default is not None else None
            if position == 0 and macro.default is not None:
                arguments.append(macro.default if optional is None else optional)
            else:
                arguments.append(source.argument()[0])
        body = re.sub(
            r"#(\d)",
            lambda m: arguments[int(m[1]) - 1] if 0 < int(m[1]) <= len(arguments) else "",
            macro.body,
        )
        if len(body) > 20_000:
            raise Unread(source.text[start : source.at], "this macro expands to too much")
        self.depth += 1
        self.scan(body, 0, source.place(start))
        self.depth -= 1

    def inner(self, source: _Source, content: str, at: int) -> None:
        """Scan a part of the source that is an argument."""
        self.depth += 1
        if self.depth > 40:
            raise Unread(content[:20], "this is nested too deeply")
        base = source.base + at
        self.scan(content, base, source.origin)
        self.depth -= 1


@dataclass
class _Source:
    text: str
    base: int
    origin: tuple[int, int] | None
    at: int = 0

    def place(self, start: int) -> tuple[int, int]:
        """Where the text from `start` up to here stands in the display."""
        return self.origin or (self.base + start, self.base + self.at)

    def skip(self) -> None:
        """Move over blanks."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n~":
            self.at += 1

    def argument(self) -> tuple[str, int]:
        """The next argument, in braces or one token, and where it starts; empty at the end."""
        self.skip()
        start = self.at
        if self.text.startswith("{", start):
            end = closing(self.text, start)
            self.at = end + 1
            return self.text[start + 1 : end], start + 1
        match = _COMMAND.match(self.text, start)
        self.at = match.end() if match else min(start + 1, len(self.text))
        return self.text[start : self.at], start

    def optional(self) -> str | None:
        """The next argument in square brackets, if there is one."""
        self.skip()
        if not self.text.startswith("[", self.at):
            return None
        end = self.text.find("]", self.at)
        if end < 0:
            return None
        content = self.text[self.at + 1 : end]
        self.at = end + 1
        return content


def closing(text: str, start: int) -> int:
    """The place of the brace that closes the one at `start`; the end if none does."""
    depth = 0
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
        position += 1
    return len(text)


def _is_apart(text: str, start: int, run: str) -> bool:
    before = text[start - 1] if start else " "
    after = text[start + len(run)] if start + len(run) < len(text) else " "
    return (before.isspace() or before in ",&;") and (after.isspace() or after in "\\~.,")


def _dropped_argument(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    if name in ("color", "hspace", "tag", "label", "eqref", "ref", "cite"):
        source.optional()
    source.argument()


def _rest_of_row(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    match = re.compile(r"\\\\|$").search(source.text, source.at)
    source.at = match.start() if match else len(source.text)


# Below a brace: how many equal things its dots stand for, such as `mn` or `m n \text{ times}`.
_DOTS = re.compile(r"\\[a-z]*dots|\.\.\.|…|⋯")
_COUNT = re.compile(r"(?=.*[A-Za-z0-9])(?:[A-Za-z0-9\s()]|\\[,;: ]|\\cdot|\\times)+")
_TIMES = re.compile(r"\\(?:text|mathrm|textrm|mbox)\{[^{}]*\}|\b(?:times|terms|blocks|copies)\b")


def _second_only(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    """The argument after a colour or a value is read."""
    source.optional()
    source.argument()
    _wrapped(scanner, source, start, name)


def _wrapped(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    """The argument is read as a group, unless it is rows or a relation: then as if it were bare."""
    if name == "boxed" and not source.text[source.at :].lstrip().startswith("{"):
        return
    content, at = source.argument()
    labels = list(_labels(source)) if name in ("underbrace", "overbrace", "underbracket") else []
    counts = [each for each in labels if _COUNT.fullmatch(each[0])] if _DOTS.search(content) else []
    if counts:
        scanner._add(source, start, "word", "counted")
    is_open = re.search(r"\\\\|\\begin\{(?:align|split|gather)|(?<![_^{\\])=", content)
    for part, place in [(content, at), *counts[:1]]:
        if not is_open:
            scanner._add(source, start, "sign", "{")
        scanner.inner(source, part, place)
        if not is_open:
            scanner._add(source, start, "sign", "}")


def _labels(source: _Source) -> Iterator[tuple[str, int]]:
    """What stands below and above a brace: each label and its place."""
    source.skip()
    while source.text[source.at : source.at + 1] in ("_", "^") and source.at < len(source.text):
        source.at += 1
        label, at = source.argument()
        yield _TIMES.sub("", label), at
        source.skip()


def _lettered(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    r"""A font or `\operatorname`: a function, an expectation, a single letter, or what it holds."""
    content, at = source.argument()
    bare = re.sub(r"\\[,;:! ]|[\s{}~]|\\mathrm|\\text|\\rm", "", content)
    if name == "mathop":
        bare = bare.replace("\\mathbb", "").replace("\\mathbf", "").replace("\\arg\\min", "argmin")
    fonts_of_e = ("mathbb", "mathbf", "operatorname", "mathop", "mathrm", "mathcal", "mathds")
    if bare == "E" and name in (*fonts_of_e, "boldsymbol", "bm", "mathsf", "text", "mathscr"):
        scanner._add(source, start, "word", "E")
    elif (
        bare in ("1", "I")
        and name in ("mathbb", "mathds", "mathbbm", "mathbf", "bm")
        and (bare == "1")
    ):
        scanner._add(source, start, "word", "one")
    elif name in ("mathbb", "mathcal", "mathscr", "mathfrak", "mathds"):
        font = "bb" if name in ("mathbb", "mathds") else "cal"
        scanner._add(source, start, "name", f"{font} {bare}")
    elif bare.lower() in spelling.FUNCTIONS and len(bare) > 1:
        scanner._add(source, start, "word", spelling.FUNCTIONS[bare.lower()])
    elif name in spelling.TEXTS and not (len(bare) == 1 and bare.isalpha()):
        _text(scanner, source, start, content, at)
    elif (name == "operatorname" and len(bare) > 1 and bare.isalpha()) or (
        name == "mathrm" and len(bare) > 1 and bare.isalpha() and bare[0] != "d"
    ):
        scanner._add(source, start, "word", bare)
    else:
        scanner.inner(source, content, at)


def _text(scanner: _Scanner, source: _Source, start: int, content: str, at: int) -> None:
    """Words between formulas; formulas in them are read."""
    for position, part in enumerate(re.split(r"\$", content)):
        if position % 2:
            scanner.inner(source, part, at)
        elif part.strip():
            scanner._add(source, start, "text", " ".join(part.split()))


def _between_rows(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    r"""`\intertext` is prose, its formulas remarks: the next row goes on from the one before."""
    source.argument()


def _accent(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    content, at = source.argument()
    if name in ("vec", "underline"):
        scanner.inner(source, content, at)
        return
    before = len(scanner.tokens)
    scanner.inner(source, content, at)
    made = scanner.tokens[before:]
    if len(made) == 1 and made[0].kind == "name":
        scanner.tokens[before:] = []
        scanner._add(source, start, "name", f"{spelling.ACCENTS[name]} {made[0].text}")
    else:
        scanner.tokens[before:] = []
        scanner._add(source, start, "command", name)
        scanner.inner(source, content, at)


def _over_relation(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    r"""`\overset{note}{=}` is the relation; `\underset{z \sim q}{E}` is E with that subscript."""
    note, note_at = source.argument()
    content, at = source.argument()
    before = len(scanner.tokens)
    scanner.inner(source, content, at)
    made = scanner.tokens[before:]
    if made and made[0].kind in ("relation", "then"):
        if re.search(r"def|triangle|Delta|:", note) and made[0].text == "=":
            scanner.tokens[before:] = []
            scanner._add(source, start, "relation", ":=")
    elif name == "underset" and made:
        scanner._add(source, start, "sign", "_")
        scanner._add(source, start, "sign", "{")
        scanner.inner(source, note, note_at)
        scanner._add(source, start, "sign", "}")


def _arrow_with_text(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    source.optional()
    source.argument()
    kind, text = ("relation", "=") if "equal" in name else ("then", "=>")
    scanner._add(source, start, kind, text)


def _sized(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    r"""`\left|`, `\Bigr)`, `\middle|`: a delimiter, which then says if it opens or closes."""
    source.skip()
    text, at = source.text, source.at
    match = _COMMAND.match(text, at)
    delimiter = match.group() if match else text[at : at + 1]
    source.at = at + len(delimiter)
    plain = delimiter.removeprefix("\\") if len(delimiter) > 1 else delimiter
    spelled = spelling.DELIMITERS.get(delimiter, spelling.DELIMITERS.get(plain, plain))
    bound = {"l": "open", "r": "close", "m": "middle"}.get(name[-1], "")
    bound = {"left": "open", "right": "close", "middle": "middle"}.get(name, bound)
    if name in ("bigm", "Bigm"):
        bound = "middle"
    if delimiter == ".":
        scanner._add(source, start, "sign", "null", bound)
    elif spelled:
        scanner._add(source, start, "sign", spelled, bound)


def _environment(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    environment = source.argument()[0].strip().rstrip("*")
    if name == "begin" and environment in ("array", "alignedat", "alignat", "tabular"):
        source.optional()
        source.argument()
    elif name == "begin":
        saved = source.at
        if not re.fullmatch(r"[tbcr]", source.optional() or ""):
            source.at = saved
    scanner._add(source, start, name, environment)


def _row(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    skip = _ROW_SKIP.match(source.text, source.at)
    if skip:
        source.at = skip.end()
    scanner._add(source, start, "row", "\\\\")


def _derivative(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    r"""`\pdv{f}{x}`, `\dv{x}`: the fraction that they stand for."""
    source.optional()
    first, at = source.argument()
    saved = source.at
    source.skip()
    second: tuple[str, int] | None = None
    if source.text.startswith("{", source.at):
        second = source.argument()
    else:
        source.at = saved
    sign = "partial" if name.startswith("p") else "d"
    top, bottom = ((first, at), second) if second else (("", at), (first, at))

    def operator() -> None:
        scanner._add(source, start, "word" if sign == "partial" else "name", sign)

    scanner._add(source, start, "word", "frac")
    for content in (top, bottom):
        scanner._add(source, start, "sign", "{")
        operator()
        scanner.inner(source, *content)
        scanner._add(source, start, "sign", "}")


def _measure(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    scanner._add(source, start, "name", "d")
    source.skip()
    if source.text.startswith("{", source.at):
        scanner.inner(source, *source.argument())


def _absolute(scanner: _Scanner, source: _Source, start: int, name: str) -> None:
    sign = "norm" if name == "norm" else "|"
    content, at = source.argument()
    scanner._add(source, start, "sign", sign, "open")
    scanner.inner(source, content, at)
    scanner._add(source, start, "sign", sign, "close")


_ACTIONS = {
    **dict.fromkeys(spelling.WITH_DROPPED_ARGUMENT, _dropped_argument),
    **dict.fromkeys(("eqno", "leqno"), _rest_of_row),
    **dict.fromkeys(("textcolor", "cancelto", "colorbox", "mathcolor"), _second_only),
    **dict.fromkeys(spelling.WRAPPERS, _wrapped),
    **dict.fromkeys(("intertext", "shortintertext"), _between_rows),
    **dict.fromkeys(spelling.FONTS, _lettered),
    **dict.fromkeys(spelling.ACCENTS, _accent),
    **dict.fromkeys(("overset", "stackrel", "underset"), _over_relation),
    **dict.fromkeys(spelling.ARROWS_WITH_TEXT, _arrow_with_text),
    **dict.fromkeys(spelling.SIZES, _sized),
    **dict.fromkeys(("begin", "end"), _environment),
    **dict.fromkeys(("\\", "newline", "cr"), _row),
    **dict.fromkeys(("pdv", "dv", "partialderivative", "derivative", "odv"), _derivative),
    **dict.fromkeys(("dd", "differential"), _measure),
    **dict.fromkeys(("abs", "norm", "absolutevalue", "verts"), _absolute),
}
_TABLES = (
    (spelling.NAMES, "name"),
    (spelling.WORDS, "word"),
    (spelling.RELATIONS, "relation"),
    (spelling.IMPLICATIONS, "then"),
    (spelling.SIGNS, "sign"),
    (spelling.QUADS, "quad"),
)


def _overs(tokens: list[Token]) -> list[Token]:
    r"""`{a \over b}` as `frac{a}{b}`."""
    while True:
        place = next(
            (i for i, t in enumerate(tokens) if t.kind == "command" and t.text == "over"), -1
        )
        if place < 0:
            return tokens
        left, right = place - 1, place + 1
        depth = 0
        while left >= 0 and (depth or tokens[left].text != "{"):
            depth += (
                {"}": 1, "{": -1}.get(tokens[left].text, 0) if tokens[left].kind == "sign" else 0
            )
            left -= 1
        depth = 0
        while right < len(tokens) and (depth or tokens[right].text != "}"):
            depth += (
                {"{": 1, "}": -1}.get(tokens[right].text, 0) if tokens[right].kind == "sign" else 0
            )
            right += 1
        over = tokens[place]
        brace = {c: Token("sign", c, over.start, over.end) for c in "{}"}
        head = [Token("word", "frac", over.start, over.end), brace["{"]]
        top, bottom = tokens[left + 1 : place], tokens[place + 1 : right]
        middle = [*head, *top, brace["}"], brace["{"], *bottom, brace["}"]]
        # The braces around it go with it: an operator d/dx applies to what follows them.
        tokens = [*tokens[: max(left, 0)], *middle, *tokens[right + 1 :]]
