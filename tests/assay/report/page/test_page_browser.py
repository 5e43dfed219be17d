"""The pages in a real browser: nothing runs, nothing is fetched, and everyone can read them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import browser as chromium
import pytest
from made import outcome, result, unjudged, wrong
from page_cases import HOSTILE, pictured

from assay.homework import find
from assay.likeness.groups import NEAR, Group, Link
from assay.report import page
from assay.report.overview import Overview

pytestmark = pytest.mark.skipif(
    chromium.executable() is None, reason=f"no Chromium here: none of {', '.join(chromium.NAMES)}"
)
PAGES = ("report", "students/ada", "students/hostile", "students/eve")
THEMES = {"light": False, "dark": True}


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests; its profile is removed, also what it writes while it ends."""
    profile = Path(tempfile.mkdtemp(prefix="assay-browser-"))
    try:
        with closing(chromium.Browser(profile)) as opened:
            yield opened
    finally:
        shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report on disk: a plain student, a hostile one, one who was not judged, a crowd."""
    out = tmp_path_factory.mktemp("report")
    (out / "students").mkdir()
    bad = [
        result(
            f"x{k} {text[:150]}",
            wrong(message=f"{text}\nwith y = {text}"),
            students=({"name": text},),
        )
        for k, text in enumerate(HOSTILE)
    ]
    every = "\n".join(text[:500] for text in HOSTILE)
    checks = [wrong(f"problem2.h{k}", text, title=text) for k, text in enumerate(HOSTILE)]
    hostile = result("hostile", *checks, notes=tuple(HOSTILE), students=({"name": every},))
    shown = [pictured(), hostile, unjudged("eve", status=every)]
    crowd = [result(f"c{k}", outcome(), wrong()) for k in range(5)]
    overview, shared = Overview(), page.frames(find())
    for graded in [*shown, *bad, *crowd]:
        overview.add(graded)
    for graded in shown:
        html = page.student_page(graded, shared, find())
        (out / "students" / f"{graded.submission}.html").write_text(html, "utf-8")
    (out / "report.html").write_text(
        page.class_page(overview, [similar(*HOSTILE)], find()), "utf-8"
    )
    return out


@pytest.fixture(params=[f"{name} {theme}" for name in PAGES for theme in THEMES])
def opened(request, browser, report):
    """Each page in each theme, in a wide window."""
    name, _, theme = request.param.partition(" ")
    browser.open(report / f"{name}.html", dark=THEMES[theme])
    return browser


def similar(*names):
    links = tuple(Link(names[0], other, 0.8, NEAR) for other in names[1:])
    return Group(tuple((name, ()) for name in names), links)


def requests(browser):
    sent = [e for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    return [e["params"]["request"]["url"] for e in sent]


def test_nothing_runs_nothing_is_fetched_nothing_is_wrong(opened):
    assert [e for e in opened.events if e["method"] != "Network.requestWillBeSent"] == []
    assert [url for url in requests(opened) if not url.startswith("data:")] == [
        opened.evaluate("location.href")
    ]
    assert opened.evaluate("document.documentElement.dataset.ran") is None
    assert opened.evaluate("document.scripts.length + frames.length + document.forms.length") == 0


def test_the_recorded_events_include_scripts_requests_dialogs_and_violations(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<script>console.error(1); alert(2)</script><img src=x.png>")
    browser.open(path)
    methods = {e["method"] for e in browser.events}
    assert {"Runtime.consoleAPICalled", "Page.javascriptDialogOpening"} <= methods
    assert (tmp_path / "x.png").resolve().as_uri() in requests(browser)
    path.write_text(
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><script>1</script>"
    )
    browser.open(path)
    assert "Log.entryAdded" in {e["method"] for e in browser.events}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 390, 800])
def test_no_page_is_wider_than_the_window(browser, report, name, width):
    browser.open(report / f"{name}.html", width=width)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


# The contrast of every text with the first opaque background behind it (WCAG 2.2, 1.4.3), also
# in drawings, where the text colour is the fill.
CONTRAST = """(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const background = e => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] == 255) return colour;
    }
    return [255, 255, 255];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), low = [];
  let seen = 0;
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || e.closest('title, desc')) continue;
    const style = getComputedStyle(e);
    const colour = rgba(e instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(colour), light(background(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen += 1;
    if (ratio < 4.5) low.push([ratio.toFixed(2), e.tagName, walk.currentNode.data.slice(0, 40)]);
  }
  return [seen, low];
})()"""


def test_every_text_has_enough_contrast(opened):
    seen, low = opened.evaluate(CONTRAST)
    assert seen > 10
    assert low == []


# What a screen reader needs and a script can check; each expression returns the faults.
STRUCTURE = {
    "language": "document.documentElement.lang ? [] : ['none']",
    "title": "document.title.trim() ? [] : ['none']",
    "one h1": "(n => n == 1 ? [] : [n])(document.querySelectorAll('h1').length)",
    "one main": "(n => n == 1 ? [] : [n])(document.querySelectorAll('main').length)",
    "headings in order": """[...document.querySelectorAll('h1,h2,h3,h4')]
        .map(h => [+h.tagName[1], h.textContent])
        .filter((h, k, all) => k && h[0] > all[k - 1][0] + 1)""",
    "table headers": """[...document.querySelectorAll('th')]
        .filter(h => !['col', 'row'].includes(h.scope)).map(h => h.textContent)""",
    "captions": "[...document.querySelectorAll('table')].filter(t => !t.caption).length"
    " ? ['a table has none'] : []",
    "image descriptions": """[...document.querySelectorAll('img')]
        .filter(i => !i.alt.trim() || !i.complete || !i.naturalWidth).map(i => i.src)""",
    "drawing descriptions": """[...document.querySelectorAll('svg svg, svg')]
        .filter(s => !s.parentElement.closest('svg') && s.ariaHidden != 'true')
        .filter(s => s.getAttribute('role') != 'img' || !s.getAttribute('aria-labelledby')
            .split(' ').every(id => document.getElementById(id).textContent.trim()))
        .map(s => s.outerHTML.slice(0, 80))""",
    "link texts": """[...document.querySelectorAll('a, summary')]
        .filter(a => !a.textContent.trim()).map(a => a.outerHTML)""",
    "region names": """[...document.querySelectorAll('[aria-labelledby]')].filter(e =>
        !e.getAttribute('aria-labelledby').split(' ').every(i => document.getElementById(i)))
        .map(e => e.outerHTML.slice(0, 80))""",
    "unique ids": """[...document.querySelectorAll('[id]')].map(e => e.id)
        .filter((id, k, all) => all.indexOf(id) != k)""",
}


def test_a_screen_reader_can_navigate_the_page(opened):
    faults = {what: opened.evaluate(expression) for what, expression in STRUCTURE.items()}
    assert faults == {what: [] for what in STRUCTURE}


def test_the_keyboard_reaches_every_link_and_shows_the_focus(opened):
    focus = "document.activeElement"
    opened.press("Tab", 9)
    assert opened.evaluate(f"{focus}.className") == "skip"
    assert opened.evaluate(f"{focus}.getBoundingClientRect().top >= 0")
    for _ in range(4):
        opened.press("Tab", 9)
        shown = f"[{focus}.tagName, getComputedStyle({focus}).outlineStyle]"
        tag, outline = opened.evaluate(shown)
        assert outline == "solid" or tag == "BODY"  # after the last link the focus is the window's
    reached = "document.querySelector(document.querySelector('.skip').hash)"
    assert opened.evaluate(f"{reached}.tabIndex") == -1


def test_links_lead_from_the_class_to_a_student_and_back(browser, report):
    browser.open(report / "report.html")
    to = "[...document.links].find(a => a.textContent == 'ada').href"
    assert browser.evaluate(to) == (report / "students" / "ada.html").resolve().as_uri()
    browser.open(report / "students" / "ada.html")
    back = "document.querySelector('nav a').href"
    assert browser.evaluate(back) == (report / "report.html").resolve().as_uri()


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_light_and_complete(browser, report, name):
    browser.open(report / f"{name}.html", dark=True)
    assert browser.printed().startswith(b"%PDF-")
    theme = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", media="print", features=theme)
    ink = "getComputedStyle(document.documentElement).color"
    assert browser.evaluate(ink) == "rgb(29, 33, 38)"
    folded = "[...document.querySelectorAll('details tr')].filter(r => !r.checkVisibility()).length"
    assert browser.evaluate(folded) == 0


# The rows of a section that are to be seen, from top to bottom: their scores.
SCORES = """[...document.querySelectorAll('#%s tbody tr')].filter(row => row.checkVisibility())
    .map(row => [row.getBoundingClientRect().top, row.querySelector('td').textContent.trim()])
    .sort((one, other) => one[0] - other[0]).map(row => row[1])"""


@pytest.mark.parametrize(
    ("section", "choice", "rising"),
    [("map", "sort-high", False), ("map", "sort-low", True), ("everyone", "order-score", True)],
)
def test_rows_are_sorted_by_style_and_who_has_no_score_comes_last(
    browser, report, section, choice, rising
):
    browser.open(report / "report.html")
    before = browser.evaluate(SCORES % section)
    browser.evaluate(f"document.getElementById('{choice}').click()")
    after = browser.evaluate(SCORES % section)
    assert sorted(before) == sorted(after)
    numbers = [float(text) for text in after if text != "–"]
    assert numbers == sorted(numbers, reverse=not rising)
    assert len({*numbers}) > 1
    assert after[len(numbers) :] == ["–"] * (len(after) - len(numbers)) != []


@pytest.mark.parametrize("section", ["map", "everyone"])
def test_rows_are_filtered_by_style(browser, report, section):
    browser.open(report / "report.html")
    group = "map" if section == "map" else "list"
    every = browser.evaluate(SCORES % section)
    shown = {}
    for choice in ("unjudged", "part", "all"):
        browser.evaluate(f"document.getElementById('{group}-{choice}').click()")
        shown[choice] = browser.evaluate(SCORES % section)
    assert {*shown["unjudged"]} == {"–"}
    assert 0 < len(shown["part"]) < len(every)
    assert "–" not in shown["part"]
    assert shown["all"] == every


def test_the_columns_of_the_map_stand_below_their_heads(browser, report):
    browser.open(report / "report.html")
    lefts = """['.bars', 'tbody tr'].map(row => document.querySelector('.heat ' + row))
        .map(row => [...row.children].map(cell => Math.round(cell.getBoundingClientRect().left)))"""
    heads, cells = browser.evaluate(lefts)
    assert heads == cells
    assert len(heads) > 3
