"""The pages: what they show, and that what a hand-in says is text in them and nothing else."""

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
from assay.report import page
from assay.report.overview import Overview
from assay.report.text import address, visible

FRAMES = page.frames(find())
VOID = {"meta", "link", "img"}
TEXTS = ("href", "src", "alt", "aria-label")  # attributes that may hold what a hand-in says


class Skeleton(HTMLParser):
    """The elements of a page and their attributes, but for those that hold text; and its text."""

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
            assert self.open.pop() in ("tr", "td", "th")  # what HTML lets a page leave out
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.bones.append(f"comment {data}")

    def unknown_decl(self, data):
        self.bones.append(f"declaration {data}")


def student(found):
    return page.student_page(found, FRAMES, find())


def whole_class(*results):
    overview = Overview()
    for found in results:
        overview.add(found)
    groups = [alike(*(found.submission for found in results))] if results else []
    return page.class_page(overview, groups, find())


def alike(*names):
    """A group of hand-ins that are alike."""
    links = tuple(Link(names[0], other, 0.8, NEAR) for other in names[1:] or names)
    return Group(tuple((name, ()) for name in names), links)


def pages_with(text):
    """Every page on which a text can stand, as the name of a hand-in too."""
    alone = result("plain", wrong("problem2.other", f"{text}\nwith y = {text}"), status=text)
    gone = unjudged("gone", status=text)
    named = [msgspec.structs.replace(found, submission=f"~{text}") for found in (alone, gone)]
    told = [pictured(text=text), gone, *named]
    return [*map(student, told), whole_class(*told, pictured("bo", text=text))]


PLAIN = [Skeleton(html) for html in pages_with("plain words")]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[1:25])
def test_what_a_hand_in_says_leaves_every_element_as_it_is(text):
    for html, plain in zip(pages_with(text), PLAIN, strict=True):
        found = Skeleton(html)
        assert found.bones == plain.bones
        assert found.open == []
        html.encode()  # halves of pairs are written out


@settings(max_examples=100, deadline=None)
@given(text=st.text(min_size=1, max_size=60).filter(lambda text: text.split()))
@example(text="\x00")
def test_any_text_at_all_leaves_every_element_as_it_is(text):
    # Lines that open as the parts of a message do would be taken for them.
    found = Skeleton(pages_with(f"a {text}".replace("\n", " "))[0])
    assert found.bones == PLAIN[0].bones


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[1:25])
def test_what_cannot_be_seen_is_written_out(text):
    for html in pages_with(text):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
        )
    assert "\u202e" not in visible("user\u202egnp.exe")


def test_a_text_is_written_once_escaped_and_never_run_as_a_template():
    html = student(pictured(text="<b>{{7*7}}</b> & more"))
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt; &amp; more" in html
    assert "&amp;lt;" not in html
    assert ">49<" not in html


def test_a_long_message_is_cut_and_says_so():
    html = student(result("ada", wrong(message="x" * 100_000)))
    assert len(html) < 40_000
    assert "96,000 more characters" in html


def test_no_page_has_a_script_or_leads_elsewhere():
    for html in (student(pictured()), whole_class(pictured(), unjudged())):
        found = Skeleton(html)
        assert "default-src 'none'" in html
        assert {"script", "iframe", "form", "object"} & {b[0] for b in found.bones} == set()
        assert [k for k, _ in found.values if k.startswith("on")] == []
        links = [v for k, v in found.values if k in ("href", "src", "xlink:href")]
        assert [v for v in links if not v.startswith(("#", "students/", "../", "data:"))] == []
        assert "url(" not in html


def test_ids_are_there_once_and_what_is_pointed_at_is_there():
    for html in (student(pictured()), whole_class(pictured("a"), pictured("b"), unjudged())):
        values = Skeleton(html).values
        ids = [v for k, v in values if k == "id"]
        assert len(ids) == len(set(ids))
        wanted = {v[1:] for k, v in values if k == "href" and v.startswith("#")}
        wanted |= {name for k, v in values if k == "aria-labelledby" for name in v.split()}
        assert wanted <= set(ids)


def test_a_students_page_tells_each_law_and_the_parts_of_its_message():
    html = student(
        result(
            "ada",
            outcome(),
            wrong(
                message="got 1, wanted 0\nwith y = [0]\ntry  Look again.\nagain  assay check --only x"
            ),
        )
    )
    text = " ".join(" ".join(Skeleton(html).words).split())
    for words in (
        "problem2.law holds",
        "2 of 5 points",
        "got 1, wanted 0",
        "with y = [0]",
        "try Look again.",
        "again assay check --only x",
    ):
        assert words in text


def test_what_says_the_same_as_above_says_so():
    told = [wrong(f"problem2.{k}", "ImportError: gone", outcome="raised") for k in "abc"]
    html = student(result("ada", *told))
    assert html.count("ImportError: gone") == 1
    assert html.count("The same as above") == 2


def test_what_could_not_be_judged_is_no_zero():
    for html in (student(unjudged()), whole_class(unjudged())):
        assert "Not judged" in html
        assert "the archive" in html
        assert not re.search(r">0<| 0 of ", html.partition("<main")[2])


def test_a_class_page_leads_to_everyone():
    results = [result(f"s {k}/<{k}>") for k in range(1_203)]
    html = whole_class(*results)
    found = [v for k, v in Skeleton(html).values if k == "href"]
    assert {address(r.submission) for r in results} <= set(found)
    assert html.count("<details>") == 5  # of 250 rows each
    assert "students/s%201%2F%3C1%3E.html" in html


def test_an_empty_class_has_a_page():
    assert "0 hand-ins" in whole_class()


def test_who_is_like_whom_is_told_as_no_verdict():
    html = whole_class(result("ada"), result("bo"))
    assert "2 hand-ins: near-identical, 80 % or more in common" in html
    assert "It changes no score." in html
    assert "Hand-ins that are alike" not in page.class_page(Overview(), (), find())
