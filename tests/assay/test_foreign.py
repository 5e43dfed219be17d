"""Every hostile text through every channel of every command: each channel shows it, and no more."""

from __future__ import annotations

import base64
import csv
import doctest
import io
import json
import os
from html.parser import HTMLParser
from xml.etree import ElementTree

import msgspec
import pytest
from made import outcome, result, wrong
from oracles import formulas, hidden, terminal_events, workflow_commands
from rich.console import Console
from strangers import PARTS, STRANGERS

from assay import foreign
from assay.commands.console import Harmless
from assay.foreign import clip, line, plain
from assay.homework import find
from assay.message import Message, parse
from assay.outcome import unjudged
from assay.record import Record
from assay.report import (
    cell,
    class_table,
    classroom,
    explained,
    gradebook,
    gradescope,
    junit,
    regrade,
)
from assay.report.overview import Overview
from assay.report.places import Place
from assay.report.tables import grades_csv
from assay.submission.naming import safe_id

KEYWORDS = ("with ", "printed  ", "try  ", "again  ")
HINT, AGAIN = "Look again.", "assay check --only x"
MOST = 40_000  # characters that a channel may need for one submission with one failed check


def storable(text):
    """The text as a result file can hold it: a child's frame holds no half of a pair."""
    return text.encode("utf-8", "replace").decode()


def of(text):
    """A result that quotes a text wherever a result can."""
    text = storable(text)
    printed = foreign.last_lines(text)
    message = str(Message(clip(f"IndexError: {text}"), clip(text), HINT, AGAIN, printed))
    whole = result(safe_id(text), outcome("problem2.a"), wrong("problem2.b", message))
    who = {"name": text[:500], "login": text[:500], "email": text[:500]}
    return msgspec.structs.replace(whole, notes=(text[:300],), students=(who,))


def refused(text):
    """The result of a submission that could not be read, and why."""
    return unjudged(
        safe_id(storable(text)), storable(text), isolation="sealed", seed=0, max_score=1
    )


BOTH = [make(text) for text in STRANGERS for make in (of, refused)]


def printed(renderable, width=100):
    """What the terminal shows, through the stream that commands write to."""
    out = io.StringIO()
    Console(file=Harmless(out), width=width, highlight=False, color_system=None).print(renderable)
    return out.getvalue()


def test_the_corpus_is_large_and_the_oracles_know_what_they_refuse():
    assert len(STRANGERS) >= 150
    assert sum(any(workflow_commands(text)) for text in STRANGERS) >= 40
    assert sum(bool(terminal_events(text)) for text in STRANGERS) >= 60
    assert sum(any(formulas(text)) for text in STRANGERS) >= 10
    harmless = "got 1, expected 0 at x[::2]\n  problem.py, line 3: return a::b\n\u2713 done"
    assert not [*workflow_commands(harmless), *terminal_events(harmless)]


@pytest.mark.parametrize("form", [plain, line])
def test_the_harmless_form_shows_letters_and_commands_nothing(form):
    for text in STRANGERS:
        shown = form(text)
        assert not [*workflow_commands(shown), *terminal_events(shown)], text[:80]
        assert len(shown) < 45_000
        assert form is plain or "\n" not in shown


def test_a_harmless_text_stays_as_it_is():
    text = "got 1.5, expected 0 at index (0, 1): x[::2] of 2 \u2264 n, \u00fc\n  a.py, line 2: f(x)"
    assert plain(text) == text


def test_no_text_becomes_a_part_of_a_message():
    for text in [*STRANGERS, *PARTS]:
        for whole in (
            Message(text, "x = 1", HINT, AGAIN),
            Message("got 1", text, HINT, AGAIN),
            Message("got 1", "", HINT, AGAIN, text),
        ):
            assert parse(str(whole)) == whole
            parts = [row for row in str(whole).split("\n") if row.lstrip().startswith(KEYWORDS)]
            assert parts[-2:] == [f"try  {HINT}", f"again  {AGAIN}"]
            assert all(row.startswith(("with ", "printed  ")) for row in parts[:-2])
            assert len(parts) <= 3


def test_the_terminal_shows_one_submission():
    homework = find()
    for each in BOTH:
        for width in (100, 37):
            shown = printed(explained.explained(each, homework), width)
            assert not [*workflow_commands(shown), *terminal_events(shown)], each.submission
            assert len(shown) < MOST


def test_the_terminal_shows_a_class_and_what_changed():
    overview = Overview()
    for each in BOTH:
        overview.add(each)
    changed = regrade.changes(BOTH[::2], BOTH[1::2])
    for part in (
        class_table.overview(overview.sorted_rows()),
        class_table.failures(overview),
        regrade.table(changed),
    ):
        shown = printed(part)
        assert not [*workflow_commands(shown), *terminal_events(shown)]
    table = grades_csv(overview.rows)
    rows = list(csv.reader(io.StringIO(table)))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == len(BOTH) + 1
    assert not list(formulas(table))
    assert not hidden(table)


def test_a_cell_of_a_notebook_shows_text_and_no_element_of_its_own():
    homework, bones = find(), set()
    for each in BOTH:
        html = cell.html(each, homework)
        words = Words(html)
        bones |= {tuple(tag for tag in words.tags if tag not in ("details", "summary"))}
        for shown in ("\n".join(words.texts), cell.text(each)):
            assert not hidden(shown), each.submission
            assert not [*workflow_commands(cell.text(each)), *terminal_events(shown)]
        assert len(html) < MOST
    assert {tag for tags in bones for tag in tags} == {"div", "span", "strong", "pre", "code"}


class Words(HTMLParser):
    """The elements of some HTML, and its texts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_junit_is_xml_with_a_case_for_each_check():
    body = junit.junit_xml(BOTH)
    root = ElementTree.fromstring(body)
    assert len(root) == len(BOTH)
    assert len(root.findall("*/testcase")) == len(BOTH) * 3 // 2
    texts = [*root.itertext(), *(v for e in root.iter() for v in e.attrib.values())]
    for text in texts:
        assert not [*workflow_commands(text), *hidden(text)], text[:80]
        assert len(text) < MOST


def strings(document):
    """Every text of a JSON document."""
    if isinstance(document, str):
        yield document
    for item in document.values() if isinstance(document, dict) else ():
        yield from strings(item)
    for item in document if isinstance(document, list) else ():
        yield from strings(item)


def test_gradescope_and_classroom_get_json_and_the_kits_own_commands():
    for each in BOTH:
        document = json.loads(gradescope.results_json(each))
        head = document["output"].split("\n")
        assert head[-1] == f"isolation: {each.isolation}"
        assert len(head) == 2 if each.notes else 3
        assert not each.notes or head[0].startswith("note: ")
        texts = list(strings(document))
        sent = base64.b64decode(classroom.output_line(each).removeprefix("result="))
        texts += strings(json.loads(sent))
        for text in texts:
            assert not [*workflow_commands(text), *hidden(text)], text[:80]
            assert len(text) < MOST
        commands = classroom.workflow_commands(each)
        assert all("\n" not in row and "\r" not in row for row in commands)
        assert len(list(workflow_commands("\n".join(commands)))) == len(commands) <= 3
        assert sum(
            "title=Autograding complete" in row.partition("::")[2].partition("::")[0]
            for row in commands
        ) == (each.score is not None)


def test_the_name_of_a_file_adds_no_property_and_no_command_to_an_annotation():
    for text in STRANGERS:
        row = classroom.command("error", "a title", "got 1", Place(text, 3))
        properties = row.removeprefix("::error ").partition("::")[0].split(",")
        assert [each.partition("=")[0] for each in properties] == ["file", "line", "title"]
        assert len(row.splitlines()) == len(list(workflow_commands(row))) == 1
        assert not hidden(row)


def test_gradebooks_get_texts_and_no_formulas():
    head = "Identifier,Full name,Email address,Grade,Maximum Grade,Feedback comments\n"
    for each in BOTH[::2]:
        each = msgspec.structs.replace(each, students=({"email": "a@example.org"},))
        sheet = f"{head}Participant 1,Ada,a@example.org,,1.00,\n"
        filled = gradebook.moodle(sheet.encode(), [each])
        rows = list(csv.reader(io.StringIO(filled.body.decode())))
        assert [len(row) for row in rows] == [6, 6]
        assert not list(formulas(filled.body.decode()))
        assert not hidden(filled.body.decode())
        for remark in filled.remarks:
            assert not [*workflow_commands(plain(remark)), *terminal_events(plain(remark))]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class whose results quote every text."""
    out = tmp_path_factory.mktemp("class")
    record = Record(out)
    (out / "results").mkdir()
    for number, each in enumerate(BOTH):
        record.put(msgspec.structs.replace(each, submission=f"s{number}"))
    return out


@pytest.mark.slow
def test_the_command_report_writes_every_export_of_a_hostile_class(graded, assay_here):
    code, out, err = assay_here("report", graded, "--junit", graded / "j.xml")
    assert code == 0, err
    assert not [*workflow_commands(out + err), *terminal_events(out + err)]
    assert not list(formulas((graded / "grades.csv").read_text("utf-8")))
    ElementTree.parse(graded / "j.xml")
    assert len(list((graded / "students").glob("*.html"))) == len(BOTH)


@pytest.mark.slow
def test_a_browser_shows_the_pages_of_a_hostile_class_and_runs_nothing(
    graded, assay_here, tmp_path
):
    import browser

    if browser.executable() is None:
        pytest.skip("no Chromium here")
    assay_here("report", graded)
    page = browser.Browser(tmp_path)
    try:
        for path in [graded / "report.html", *sorted((graded / "students").glob("*.html"))[::9]]:
            page.open(path)
            assert page.evaluate("document.documentElement.dataset.ran ?? null") is None
            assert page.evaluate("document.scripts.length") == 0
            assert not hidden(page.evaluate("document.body.innerText"))
    finally:
        page.close()


RAISES = """
class Told({base}):
    pass

Told.__name__ = {name!r}

def project(y, a):
    print({text!r})
    raise Told({text!r})

def kkt_multipliers(y, a):
    return {text!r}

def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return Told
"""
GRADED = [
    "::notice title=Autograding complete::Points 100/100",
    "x\n::error::y\n  ##[error]z",
    "\x1b[2J\x1b]0;t\x07\x9b31m\r100 / 100",
    "x\nwith a\ntry  b\nagain  c\n\u202e",
]


@pytest.mark.parametrize("text", GRADED)
def test_a_submission_that_raises_a_text_is_graded_and_shown(text, assay_here, tmp_path):
    source = RAISES.format(base="ValueError", name=text, text=text)
    (tmp_path / "problem2_projection.py").write_text(source)
    code, out, err = assay_here("check", tmp_path, "--only", "problem2")
    assert code == 1, err
    assert not [*workflow_commands(out + err), *terminal_events(out + err)]
    assert "raised" in out
    with_import_error = tmp_path / "problem2_projection.py"
    with_import_error.write_text(f"raise type({text!r}, (Exception,), {{}})({text!r})")
    code, out, err = assay_here("check", tmp_path, "--only", "problem2")
    assert code == 1, err
    assert not [*workflow_commands(out + err), *terminal_events(out + err)]


@pytest.mark.skipif(os.name != "posix", reason="names that other systems do not allow")
@pytest.mark.parametrize(
    "name", ["::error::x", "\x1b[2J", "a\n::error::x", "\u202ex", "##[error]x"]
)
def test_a_name_on_the_command_line_or_in_an_archive_commands_nothing(name, assay_here, tmp_path):
    folder = tmp_path / name
    code, out, err = assay_here("check", folder, "--only", "answers")
    assert code == 2
    assert not [*workflow_commands(out + err), *terminal_events(out + err)]
    folder.mkdir()
    (folder / f"{name}.txt").write_text("x")
    code, out, err = assay_here("check", folder, "--only", "answers")
    assert code == 2
    assert not [*workflow_commands(out + err), *terminal_events(out + err)]


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(foreign).failed == 0
