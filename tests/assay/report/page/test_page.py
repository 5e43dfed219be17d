"""The pages: what they show, and that a student's text is only ever text in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong
from page_cases import HOSTILE, pictured

from assay.homework import find
from assay.likeness.groups import NEAR, Group, Link
from assay.outcome import ABSENT
from assay.report import page
from assay.report.overview import Overview
from assay.report.page.heat import MOST_ROWS, heat_map
from assay.report.text import address, visible

FRAMES = page.frames(find())
VOID = {"meta", "link", "img", "input"}
TEXTS = ("href", "src", "alt", "aria-label", "title")  # attributes that may hold a student's text


class Skeleton(HTMLParser):
    """The elements of a page, their attributes except those that hold text, and its words."""

    def __init__(self, html):
        super().__init__()
        self.bones, self.open, self.values, self.words = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.bones.append((tag, [(k, None if k in TEXTS else v) for k, v in attrs]))
        self.values += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.bones.append((tag, attrs))

    def handle_endtag(self, tag):
        self.bones.append(f"/{tag}")
        while self.open and self.open[-1] != tag:
            assert self.open.pop() in ("tr", "td", "th")  # their end tags are optional
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.bones.append(f"comment {data}")

    def unknown_decl(self, data):
        self.bones.append(f"declaration {data}")


def student(graded):
    return page.student_page(graded, FRAMES, find())


def whole_class(*results):
    overview = Overview()
    for graded in results:
        overview.add(graded)
    groups = [similar(*(graded.submission for graded in results))] if results else []
    return page.class_page(overview, groups, find())


def similar(*names):
    """A group of similar submissions."""
    links = tuple(Link(names[0], other, 0.8, NEAR) for other in names[1:] or names)
    return Group(tuple((name, ()) for name in names), links)


def pages_with(text):
    """Every page on which a text can occur, also as the name of a submission."""
    alone = result("plain", wrong("problem2.other", f"{text}\nwith y = {text}"), status=text)
    gone = unjudged("gone", status=text)
    named = [msgspec.structs.replace(graded, submission=f"~{text}") for graded in (alone, gone)]
    results = [pictured(text=text), gone, *named]
    return [*map(student, results), whole_class(*results, pictured("bo", text=text))]


PLAIN = [Skeleton(html) for html in pages_with("plain words")]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[1:25])
def test_a_hostile_text_changes_no_element(text):
    for html, plain in zip(pages_with(text), PLAIN, strict=True):
        skeleton = Skeleton(html)
        assert skeleton.bones == plain.bones
        assert skeleton.open == []
        html.encode()  # halves of surrogate pairs are written out


@settings(max_examples=100, deadline=None)
@given(text=st.text(min_size=1, max_size=60).filter(lambda text: text.split()))
@example(text="\x00")
def test_any_text_at_all_changes_no_element(text):
    # On one line: a line that starts like a part of a message would be read as one.
    skeleton = Skeleton(pages_with(f"a {text}".replace("\n", " "))[0])
    assert skeleton.bones == PLAIN[0].bones


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[1:25])
def test_invisible_characters_are_written_out(text):
    for html in pages_with(text):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
        )
    assert "\u202e" not in visible("user\u202egnp.exe")


def test_a_text_is_escaped_once_and_never_run_as_a_template():
    html = student(pictured(text="<b>{{7*7}}</b> & more"))
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt; &amp; more" in html
    assert "&amp;lt;" not in html
    assert ">49<" not in html


def test_a_long_message_is_cut_and_the_page_says_so():
    html = student(result("ada", wrong(message="x" * 100_000)))
    assert len(html) < 40_000
    assert "96,000 more characters" in html


def test_no_page_has_a_script_or_a_link_elsewhere():
    for html in (student(pictured()), whole_class(pictured(), unjudged())):
        skeleton = Skeleton(html)
        assert "default-src 'none'" in html
        assert {"script", "iframe", "form", "object"} & {b[0] for b in skeleton.bones} == set()
        assert [k for k, _ in skeleton.values if k.startswith("on")] == []
        links = [v for k, v in skeleton.values if k in ("href", "src", "xlink:href")]
        assert [v for v in links if not v.startswith(("#", "students/", "../", "data:"))] == []
        assert "url(" not in html


def test_ids_are_unique_and_every_reference_has_its_target():
    for html in (student(pictured()), whole_class(pictured("a"), pictured("b"), unjudged())):
        values = Skeleton(html).values
        ids = [v for k, v in values if k == "id"]
        assert len(ids) == len(set(ids))
        targets = {v[1:] for k, v in values if k == "href" and v.startswith("#")}
        targets |= {name for k, v in values if k == "aria-labelledby" for name in v.split()}
        assert targets <= set(ids)


def test_a_students_page_shows_each_check_and_the_parts_of_its_message():
    html = student(
        result(
            "ada",
            outcome(),
            wrong(message="got 1, expected 0\nwith y = [0]\ntry  Look again.\nagain  assay check"),
        )
    )
    text = " ".join(" ".join(Skeleton(html).words).split())
    for words in (
        "problem2.first holds",
        "2 of 5 points",
        "2 checks ran; 1 scored check failed.",
        "got 1, expected 0",
        "with y = [0]",
        "try Look again.",
        "again assay check",
    ):
        assert words in text


def test_evidence_that_was_shown_above_is_not_repeated():
    checks = [wrong(f"problem2.{k}", "ImportError: gone", outcome="raised") for k in "abc"]
    html = student(result("ada", *checks))
    assert html.count("ImportError: gone") == 1
    assert html.count("Same as above") == 2


def test_a_submission_that_was_not_judged_never_reads_as_a_zero():
    for html in (student(unjudged()), whole_class(unjudged())):
        assert "Not judged" in html
        assert "the archive" in html
        assert not re.search(r">0<| 0 of ", html.partition("<main")[2])


def test_who_handed_in_nothing_is_no_submission_and_not_called_unjudged():
    nobody = unjudged("bo", ABSENT)
    html = student(nobody)
    assert "Nothing was handed in" in html
    assert "Not judged" not in html
    assert "until the submission can be judged" not in html
    html = whole_class(result("ada"), nobody)
    for name, count in (("Submissions", 1), ("Not judged", 0), ("Nothing handed in", 1)):
        assert f"<dt>{name}</dt><dd>{count}</dd>" in html
    assert 'id="unjudged"' not in html
    assert html.partition('id="absent"')[2].partition("</section>")[0].count(address("bo")) == 1


def test_a_class_page_links_to_everyone():
    results = [result(f"s {k}/<{k}>") for k in range(1_203)]
    html = whole_class(*results)
    links = [v for k, v in Skeleton(html).values if k == "href"]
    assert {address(r.submission) for r in results} <= set(links)
    assert html.count("<details>") == 5  # of 250 rows each
    assert "students/s%201%2F%3C1%3E.html" in html


def test_an_empty_class_has_a_page():
    assert "0 submissions" in whole_class()


def test_similar_submissions_are_shown_and_change_no_score():
    html = whole_class(result("ada"), result("bo"))
    assert '<td class="num">80 %</td><td>near-identical</td>' in html
    assert "It changes no score." in html
    assert "Similar submissions" not in page.class_page(Overview(), (), find())


def test_similar_pairs_are_shown_strongest_first_and_each_with_its_own_likeness():
    chain = Group(
        tuple((name, ()) for name in "abc"),
        (Link("b", "c", 0.97, NEAR), Link("a", "b", 0.76, NEAR)),
    )
    other = Group((("d", ()), ("e", ())), (Link("d", "e", 0.9, NEAR),))
    html = page.class_page(Overview(), [chain, other], find())
    places = [html.index(f'<td class="num">{n} %</td>') for n in (97, 90, 76)]
    assert places == sorted(places)


def test_points_are_rounded_to_two_decimals():
    third = outcome(points=14.666666, max_points=20.0)
    for html in (student(result("ada", third)), whole_class(result("ada", third))):
        assert "14.67" in html
        assert "14.66" not in html


@pytest.mark.parametrize(("points", "columns"), [(0.0, 1), (4.0, 2), (0.5, 2)])
def test_a_section_beside_the_problems_has_a_column_where_it_counts(points, columns):
    figures = outcome("answers.x", points=points, max_points=points)
    html = whole_class(result("ada", outcome(), figures))
    assert html.count("<abbr") == columns
    assert ('<abbr title="Reported answers">Answers</abbr>' in html) == (points > 0)


def test_a_check_that_is_only_reported_has_no_points():
    reported = outcome("answers.x", outcome="wrong", points=0.0, max_points=0.0, message="off")
    html = student(result("ada", outcome(), reported))
    assert "reported, not scored" in html
    assert "All scored checks passed." in html


def test_a_blocked_check_neither_ran_nor_failed():
    blocked = wrong("problem2.third", "it builds on other, which did not pass", outcome="blocked")
    html = student(result("ada", outcome(), wrong(), blocked))
    assert "2 checks ran; 1 scored check failed; 1 was blocked." in html


def test_the_map_marks_what_failed_and_what_was_not_tried():
    blocked = wrong("problem2.third", outcome="blocked")
    html = whole_class(result("ada", outcome(), wrong(), blocked), result("bo", outcome()))
    assert html.count("<td class=f>") == 1
    assert html.count("<td class=b>") == 1
    assert 'href="#check-problem2.other" title="1 of 1 failed: problem2.other holds"' in html
    assert 'id="check-problem2.other"' in html


def test_a_large_class_has_a_map_of_some_that_stand_for_all():
    overview = Overview()
    for k in range(2 * MOST_ROWS):
        overview.add(result(f"s{k}", outcome(points=k % 3, max_points=2.0)))
    shown = heat_map(overview, find())
    assert len(shown.lines) == MOST_ROWS
    assert {line.score for line in shown.lines} == {"0", "1", "2"}
    assert f"{MOST_ROWS} of {2 * MOST_ROWS} submissions" in page.class_page(overview, (), find())


def test_the_foot_of_the_page_says_by_which_run_it_is():
    html = page.class_page(Overview(), (), find(), [("Seed of the inputs", "7")])
    assert "<dt>Seed of the inputs</dt><dd>7</dd>" in html


def test_checks_stand_in_the_order_in_which_the_homework_states_them():
    names = [check.id for check in find().stated()]
    assert [name for name in names if name.startswith("problem2")] == [
        check.id for check in find().checks() if check.section == "problem2"
    ]
    overview = Overview()
    overview.add(result("ada", *(wrong(name, title=name) for name in reversed(names))))
    columns = [c.title for s in heat_map(overview, find()).sections for c in s.columns]
    assert columns == names
