"""What a student gets back: one result as Markdown, and as a comment for a gradebook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from assay.foreign import Foreign, raw
from assay.homework import Homework
from assay.message import parse
from assay.outcome import ABSENT, Outcome, Result, section
from assay.report.cells import as_text
from assay.report.markdown import block, code, escaped
from assay.report.text import NAME_LIMIT, line, points

MOST_NOTES = 20
MOST_TEXT = 60_000  # characters: a comment on GitHub may have 65,536
MOST_COMMENT = 8_000  # characters of a gradebook's comment
IDENTITIES = ("name", "user", "login", "email")
NEVER_A_ZERO = "It was not judged. This is no zero: ask the instructor."
NOTHING = "Nothing was handed in"

# A folder of Moodle's own download: a name without "_", and the participant's number.
_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_")


def markdown(result: Result, homework: Homework) -> str:
    """The feedback as Markdown, short enough for a comment on a commit."""
    parts = [f"# {escaped(homework.title)}: {code(result.submission, NAME_LIMIT)}", _score(result)]
    parts += [f"- {code(note)}" for note in result.notes[:MOST_NOTES]]
    parts += [_table(result, homework)] if result.checks else []
    room, left = MOST_TEXT - sum(map(len, parts)), 0
    for text in _failures(result, homework):
        room -= len(text) + 2
        left += room < 0
        parts += [text] if room >= 0 else []
    parts += [f"{left} more checks failed: they are on the page."] if left else []
    return "\n\n".join(parts) + "\n"


def comment(result: Result) -> str:
    """The same as plain text, a line for each check that lost points."""
    if result.score is None:
        return f"{NOTHING}." if _is_absent(result) else f"{NEVER_A_ZERO} {line(result.status)}"
    lines = [f"Score {points(result.score)} / {points(result.max_score)}"]
    lines += map(line, result.notes[:MOST_NOTES])
    for o in _lost(result):
        first = line(parse(o.message).first_line) or o.outcome
        lines.append(f"{line(o.title)} ({points(o.points)} / {points(o.max_points)}): {first}")
    return "\n".join(lines)[:MOST_COMMENT]


def comments_csv(results: Iterable[Result]) -> str:
    """`submission,name,user,login,email,score,max_score,comment`, a row for each student.

    Canvas itself imports no comments: this is for a script that uses its API. `user` is Canvas's
    own number of a student, from the name of the downloaded file.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", *IDENTITIES, "score", "max_score", "comment"])
    for result in results:
        score = "" if result.score is None else f"{result.score:g}"
        for student in result.students or ({},):
            who = [line(student.get(key, ""), NAME_LIMIT) for key in IDENTITIES]
            cells = [result.submission, *who, score, f"{result.max_score:g}", comment(result)]
            writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()


def moodle_folder(result: Result) -> str:
    """The folder in which Moodle looks for a student's feedback files; empty if it is unknown.

    Moodle wants `fullname_participant_plugintype_plugin` (importziplib.php of assignfeedback_file).
    """
    named = _MOODLE.match(result.submission)
    number = next((s["participant"] for s in result.students if s.get("participant")), "")
    digits = raw(number) or (named["id"] if named else "")
    if not (digits.isascii() and digits.isdigit()):
        return ""
    given = next((s["name"] for s in result.students if s.get("name")), "")
    name = _plain_name(given) or (_plain_name(named["name"]) if named else "") or "student"
    return f"{name}_{digits}_assignsubmission_file"


def _plain_name(name: Foreign) -> str:
    """A name that is one part of a path and of Moodle's pattern."""
    kept = re.sub(r"[^\w .-]|_", " ", line(name, NAME_LIMIT))
    return " ".join(kept.split()).strip(". ")


def _is_absent(result: Result) -> bool:
    return result.score is None and result.status == ABSENT


def _score(result: Result) -> str:
    if _is_absent(result):
        return f"**{NOTHING}.**"
    if result.score is None:
        return f"**{NEVER_A_ZERO}**\n\n{block(result.status)}"
    return f"**{points(result.score)} of {points(result.max_score)} points**"


def _table(result: Result, homework: Homework) -> str:
    rows = ["| | points | of |", "|---|---:|---:|"]
    for name, group in groupby(result.checks, section):
        outcomes = list(group)
        total, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
        if most:
            rows.append(f"| {escaped(homework.heading(name))} | {points(total)} | {points(most)} |")
    return "\n".join(rows)


def _lost(result: Result) -> list[Outcome]:
    return [o for o in result.checks if o.outcome != "passed" and o.points < o.max_points]


def _failures(result: Result, homework: Homework) -> Iterator[str]:
    for name, group in groupby(_lost(result), section):
        heading = f"## {escaped(homework.heading(name))}"
        for k, outcome in enumerate(group):
            text = _failure(outcome)
            yield text if k else f"{heading}\n\n{text}"


def _failure(outcome: Outcome) -> str:
    message = parse(outcome.message)
    kind = "" if outcome.outcome == "wrong" else f" ({outcome.outcome.replace('_', ' ')})"
    score = f"{points(outcome.points)} / {points(outcome.max_points)}"
    parts = [f"### {escaped(outcome.title)}: {score}{kind}"]
    if outcome.outcome == "blocked":
        return f"{parts[0]}\n\n{code(message.first_line)}"
    parts += [block(message.evidence)] if message.evidence else []
    parts += [f"with\n\n{block(message.inputs)}"] if message.inputs else []
    parts += [escaped(message.hint)] if message.hint else []
    parts += [code(message.again)] if message.again else []
    return "\n\n".join(parts)
