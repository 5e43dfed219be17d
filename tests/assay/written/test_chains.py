"""Rows and displays as chains: what goes on, what begins anew, what is a remark."""

import pytest

from assay import written


def chains(text):
    library = written.read({"a.md": text})
    formulas = [f for section in library.sections for f in section.formulas]
    made = written.chains(formulas, library.macros)
    return [["".join(t.text for t in step.tokens) for step in chain.steps] for chain in made]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$a = b = c$$", [["a", "b", "c"]]),
        ("$$a = b$$ $$= c$$", [["a", "b", "c"]]),
        (r"\begin{align} a &= b \\ &= c \end{align}", [["a", "b", "c"]]),
        (r"\begin{align} a &= b \\ c &= d \end{align}", [["a", "b"], ["c", "d"]]),
        (r"\begin{align} a &= b = \\ &= c \end{align}", [["a", "b", "c"]]),
        (r"\begin{align} a &= b \\ &\quad + c \\ &= d \end{align}", [["a", "b+c", "d"]]),
        (r"$$a = b \Rightarrow c = d$$", [["a", "b"], ["c", "d"]]),
        (r"$$a = b \text{ and } c = d$$", [["a", "b"], ["c", "d"]]),
        (r"$$a = b \quad c = d$$", [["a", "b"], ["c", "d"]]),
        ("$$a = b, c = d.$$", [["a", "b"], ["c", "d"]]),
        (r"$$a = b \quad (\because c = d)$$", [["a", "b"]]),
        (
            r"\begin{align} a &= b && \text{by the chain rule} \\ &= c \end{align}",
            [["a", "b", "c"]],
        ),
        (r"$$a = b \text{ since } c = d$$", [["a", "b"]]),
        (r"$$\text{Thus } a = b$$", [["a", "b"]]),
        (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", [["a", "b", "c"]]),
        (r"$$\begin{array}{l} a \\ = b \end{array}$$", [["a", "b"]]),
        (r"$$\boxed{a = b}$$", [["a", "b"]]),
        (r"$a = b$ in words, and $c$", [["a", "b"]]),
        ("$a$ $= b$ $= c$", [["a", "b", "c"]]),
        ("$$a = b$$ which is $= c$", [["a", "b"], ["b", "c"]]),
        ("> ```math\n> a = b\n> ```", [["a", "b"]]),
        ("```python\n$$a = b$$\n```", []),
    ],
)
def test_what_makes_a_chain(text, expected):
    assert chains(text) == expected


def test_a_step_shows_what_was_written():
    library = written.read({"a.tex": "one\n\\[ a\n= \\frac{b}{c} \\]"})
    (chain,) = written.chains(library.sections[0].formulas, {})
    assert [(s.line, s.source) for s in chain.steps] == [(2, "a"), (3, r"= \frac{b}{c}")]


def test_a_condition_belongs_to_its_step():
    library = written.read({"a.md": r"$$x = 0 \quad \text{if } y < 0$$"})
    (chain,) = written.chains(library.sections[0].formulas, {})
    assert written.text(written.parse_condition(chain.steps[1].condition)) == "y < 0"
