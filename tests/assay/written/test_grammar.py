"""Formulas as trees: what belongs to what, the other ways to read it, and what cannot be read."""

import contextlib

import pytest

from assay import written
from assay.written.grammar import MOST_READINGS
from assay.written.tokens import tokenize
from assay.written.tree import Unread

VOCABULARY = written.Vocabulary(functions=frozenset({"f"}), values=frozenset({"n"}))


def parsed(source):
    return written.text(written.parse(tokenize(source, {}), VOCABULARY))


def read(source):
    return [written.text(t) for t in written.readings(tokenize(source, {}), VOCABULARY)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"a+b-c", "a + b - c"),
        (r"-a b", "-a b"),
        (r"\frac12 x", "(1/2) x"),
        (r"\frac hq", "h/q"),
        (r"{a \over b}", "a/b"),
        (r"x_1^2", "x_1^2"),
        (r"x_{ij}", "x_{i j}"),
        (r"x^{*}_2", "x*_2"),
        (r"f(Ax)", "f(A x)"),
        (r"n(m+1)", "n (m + 1)"),
        (r"q_\phi(z)", "q_φ(z)"),
        (r"q(z;\phi)", "q(z, φ)"),
        (r"q(z\mid\phi)", "q(z, φ)"),
        (r"q (\log q)", "q log(q)"),
        (r"\log h(z)", "log(h(z))"),
        (r"log h", "log(h)"),
        (r"\log s_i^2", "log(s_i^2)"),
        (r"\nabla_\phi \log q", "∂/∂φ log(q)"),
        (r"\frac{\partial}{\partial\phi} q", "∂/∂φ q"),
        (r"\frac{\partial q}{\partial\phi}", "∂/∂φ q"),
        (r"\partial q/\partial\phi", "∂/∂φ q"),
        (r"\pdv{q}{\phi}", "∂/∂φ q"),
        (r"\frac{d}{d\phi}q", "∂/∂φ q"),
        (r"\int f\,dz - \int g\,dz", "∫ f dz - ∫ g dz"),
        (r"\int f + g\,dz", "∫ (f + g) dz"),
        (r"\int dz\, f g", "∫ f g dz"),
        (r"\int f g + h", "∫ f g dz + h"),
        (r"\int_{-\infty}^{\infty} f\,\mathrm dz", "∫_(-∞)^∞ f dz"),
        (r"\mathbb{E}_{Z\sim q}[f]", "E_{Z ~ q}[f]"),
        (r"\operatorname{E} f g", "E[f g]"),
        (r"E[f] g", "E[f] g"),
        (r"\underset{z\sim q}{\mathbb{E}}[f]", "E_{z ~ q}[f]"),
        (r"|a||b|", "|a| |b|"),
        (r"|a|b|c|", "|a| b |c|"),
        (r"\left|\frac{a}{b}\right|", "|a/b|"),
        (r"||x-y||", "||x - y||"),
        (r"\|x\|^2", "‖x‖^2"),
        (r"\sum_{i=1}^C \log|s_i|", "∑_{i=1}^{C} log(|s_i|)"),
        (r"\prod_i s_i", "∏_{i} s_i"),
        (r"\min\{\max\{y,0\},1\}", "min(max(y, 0), 1)"),
        (r"\operatorname{clip}_{[0,1]}(y)", "clip_[0, 1](y)"),
        (r"\begin{bmatrix} a \\ b \end{bmatrix}", "[a; b]"),
        (
            r"\begin{cases} 0 & y<0 \\ 1 & \text{otherwise} \end{cases}",
            "{0 if y < 0; 1 if otherwise}",
        ),
        (
            r"\left\{\begin{array}{ll} 0 & y<0 \\ 1 & y\ge 0 \end{array}\right.",
            "{0 if y < 0; 1 if y ≥ 0}",
        ),
        (r"A^\top", "A^T"),
        (r"I \otimes A", "I ⊗ A"),
        (r"\mathbf{1}_{\{y>1\}}", "indicator(y > 1)"),
        (r"[a, b)", "[a, b)"),
        (r"\pm 1", "±1"),
    ],
)
def test_the_usual_reading(source, text):
    assert parsed(source) == text


@pytest.mark.parametrize(
    ("source", "other"),
    [
        (r"\nabla_\phi q f", "∂/∂φ [q f]"),
        (r"\log|P||L|", "log(|P| |L|)"),
        (r"\log h/q", "log(h/q)"),
        (r"1/q x", "1/(q x)"),
        (r"\sum_i s_i + 1", "∑_{i} (s_i + 1)"),
        (r"\log(x)^2", "log(x)^2"),
    ],
)
def test_another_reading(source, other):
    assert parsed(source) != other
    assert other in read(source)


def test_what_is_in_brackets_is_what_is_differentiated():
    assert read(r"\nabla_\phi(q) f") == ["(∂/∂φ q) f"]


def test_there_are_at_most_so_many_readings():
    assert 10 < len(read(r"\nabla_\phi \log q f " * 9)) <= MOST_READINGS


@pytest.mark.parametrize(
    ("source", "token"),
    [
        (r"a + ", "+"),
        (r"a)", ")"),
        (r"\frac{a}", r"\frac"),
        (r"a \cdot / b", "/"),
        (r"\foo x", r"\foo"),
        (r"\operatorname{saturate}", "saturate"),
        (r"\begin{bmatrix} a", r"\begin{bmatrix}"),
        (r"\text{the rest}", "the rest"),
        (r"\nabla_\phi", "phi"),
        (r"|a", "a"),
    ],
)
def test_what_cannot_be_read_is_named(source, token):
    if token == "a":
        assert parsed(source) == "|a|"  # a bar that is open at the end closes there
        return
    with pytest.raises(Unread) as caught:
        parsed(source)
    assert caught.value.token == token
    assert caught.value.advice


def test_nesting_ends():
    for source in ("-" * 5000 + "x", "(" * 5000, r"\log" * 5000, "x^{" * 5000, r"\frac{1}{" * 999):
        with pytest.raises(Unread):
            parsed(source)


def test_nesting_ends_in_limits_and_indices_as_well():
    for source in (r"\sum_{" * 500, r"\mathbf{1}_{" * 500, r"\int_{\prod_{" * 300):
        with contextlib.suppress(Unread):
            assert len(parsed(source)) < 20_000
