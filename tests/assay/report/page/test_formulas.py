"""MathML on a page: known elements pass, and nothing else."""

import pytest
from written import right

from assay import written
from assay.outcome import Passage, WrittenLine
from assay.report.page.formulas import markup, passage_view


def test_what_the_kit_makes_passes_unchanged_but_for_spaces():
    text = next(iter(right().values())).text
    library = written.read({"a.md": text})
    (chain,) = written.chains(library.sections[0].formulas, library.macros)
    for step in chain.steps:
        made = written.mathml(written.parse(step.tokens))
        plain = markup(made, "text").replace(' width="0.2em"', "").replace("</mspace>", "")
        assert plain == made.replace(' width="0.17em"/', "")


@pytest.mark.parametrize(
    "mathml",
    [
        "<math><script>alert(1)</script></math>",
        "<math><mi>x</math></mi>",
        "<math><mi>x</mi>",
        "<mi>x</mi>",
        "<math><mi",
        '<math><annotation-xml encoding="text/html"><b>x</b></annotation-xml></math>',
        "",
    ],
)
def test_anything_else_is_shown_as_text(mathml):
    assert markup(mathml, "a < b") == "a &lt; b"


def test_attributes_do_not_pass():
    made = markup('<math><mi href="javascript:x" onclick="x">x</mi></math>', "text")
    assert made == "<math><mi>x</mi></math>"


def test_text_is_escaped_and_invisible_signs_are_written_out():
    made = markup("<math><mi>&lt;b&gt;\u202e</mi></math>", "text")
    assert made == "<math><mi>&lt;b&gt;⟨U+202E⟩</mi></math>"


def test_a_passage_has_its_lines_in_order():
    line = WrittenLine(
        document="a.tex", line=3, source="= x", understood="x", mark="false", note="n"
    )
    view = passage_view(Passage(section="problem4", part="a", lines=(line,), notes=("r",)))
    assert view.heading == "Written solution of part (a), a.tex"
    (shown,) = view.lines
    assert (shown.sign, shown.word, shown.number, shown.equals) == ("✗", "false", 3, True)
