"""LaTeX as tokens: spellings are made alike, decoration goes, macros are expanded within limits."""

import pytest

from assay.written.documents import defined
from assay.written.tokens import tokenize
from assay.written.tree import Unread


def spelled(source, macros=""):
    return " ".join(token.text for token in tokenize(source, defined(macros)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\mathbb{E}", r"\operatorname{E}"),
        (r"\mathbb E", r"\mathop{\mathbb E}\limits"),
        (r"\varphi", r"\phi"),
        (r"φ", r"\phi"),
        (r"\ln", r"\log"),
        (r"log x", r"\log x"),
        (r"\left( a \right)", "(a)"),
        (r"\Bigl[ a \Bigr]", "[a]"),
        (r"a \, b \; c \! d~e", "a b c d e"),
        (r"\textcolor{red}{a}", "{a}"),
        (r"a \tag{1} \label{x} \nonumber", "a"),
        (r"\underbrace{a}_{=0}", "{a}"),
        (r"\cancelto{0}{a}", r"\cancel{a}"),
        (r"\stackrel{(i)}{=}", "="),
        (r"\overset{\text{def}}{=}", ":="),
        (r"\mathbf{z}", "z"),
        (r"\text{diag}", r"\operatorname{diag}"),
        (r"\displaystyle\sum", r"\sum"),
        (r"\dfrac", r"\frac"),
        (r"\lvert a \rvert", r"\left| a \right|"),
        (r"\abs{a}", r"\left| a \right|"),
        (r"x²", "x^2"),
        (r"𝑞", "q"),
    ],
)
def test_two_spellings_are_one(one, other):
    assert spelled(one) == spelled(other)


def test_macros_are_expanded_with_their_arguments():
    macros = (
        r"\newcommand{\E}[2][q]{E_{#1}[#2]} \def\half#1{\frac{#1}{2}} \DeclareMathOperator{\KL}{KL}"
    )
    assert spelled(r"\E{x}", macros) == spelled("E_{q}[x]")
    assert spelled(r"\E[p]{x}", macros) == spelled("E_{p}[x]")
    assert spelled(r"\half{x}", macros) == spelled(r"\frac{x}{2}")
    assert spelled(r"\KL", macros) == "KL"


def test_macros_that_do_not_end_are_refused():
    macros = r"\newcommand{\a}{\b\b} \newcommand{\b}{\a\a}"
    with pytest.raises(Unread, match="without end"):
        spelled(r"\a", macros)


def test_too_long_a_display_is_refused():
    with pytest.raises(Unread, match="longer"):
        spelled("x " * 7000)


def test_each_token_knows_its_place():
    source = r"a + \myq b"
    tokens = tokenize(source, defined(r"\newcommand{\myq}{q_\phi}"))
    assert [source[t.start : t.end] for t in tokens if t.text in ("a", "b")] == ["a", "b"]
    assert {source[t.start : t.end].strip() for t in tokens if t.text in ("q", "phi")} == {r"\myq"}
