"""The collected written solutions: correct ones pass, mistakes are found where they were made."""

import pytest
from written import collected, incorrect, judged, right, squeezed


@pytest.mark.parametrize("name", right())
def test_a_correct_document_passes(name):
    document = right()[name]
    assert judged(document.text, document.place).verdict == "passed"


@pytest.mark.parametrize("name", incorrect())
def test_a_mistake_is_found_at_its_line(name):
    document = incorrect()[name]
    found = judged(document.text, document.place)
    assert found.verdict == "wrong"
    assert squeezed(document.at) in found.first_false


@pytest.mark.parametrize("name", collected("unreadable"))
def test_what_cannot_be_read_is_named_and_is_not_wrong(name):
    document = collected("unreadable")[name]
    found = judged(document.text, document.place)
    assert found.verdict == "unread"
    evidence = [outcome[2] for outcome in found.outcomes if outcome[1] == "unread"]
    assert document.at in evidence[0].partition("cannot be read")[0]


def test_there_are_enough_documents_of_each_place():
    places = [document.place for document in right().values()]
    assert len(places) >= 60
    assert min(places.count(place) for place in ("1", "2", "4a", "4c")) >= 10
    assert len(collected("unreadable")) >= 25


@pytest.mark.parametrize(
    ("steps", "outcomes"),
    [
        (r"\int\nabla_\phi q\log\frac hq dz", ["passed"] * 3),
        (r"\int q\log\frac hq dz", ["passed", "wrong", "passed"]),
        (r"\int q\log\frac hq dz = \int h\,dz", ["passed", "wrong", "wrong"]),
    ],
)
def test_one_slip_costs_less_than_two(steps, outcomes):
    left, right_side = CLAIM.split("=")
    found = judged(f"Problem 1 $${left} = {steps} = {right_side}$$", "1")
    assert [outcome[1] for outcome in found.outcomes] == outcomes


CLAIM = r"\nabla_\phi E_q[\log\frac{h}{q}] = E_q[\nabla_\phi\log q\log\frac{h}{q}]"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("1", f"Problem 1 $${CLAIM}$$"),
        ("1", f"Problem 1 It is easy to see that $${CLAIM}$$ and $${CLAIM}$$"),
        (
            "1",
            r"Problem 1 $$\nabla_\phi E_q[\log\frac{h}{q}] = \int\nabla_\phi(q\log\frac{h}{q})dz$$",
        ),
        ("2", r"Problem 2 $$\Pi_C(y)=\operatorname{argmin}_{x\in C}\|x-y\|$$"),
        ("2", r"Problem 2 $$\Pi_C(y)=(a,\Pi_{[0,1]}(y_2))$$"),
        ("2", r"Problem 2 $$x_1 = a$$"),
        ("4a", r"Problem 4 (a) $$\log|\det A| = \sum_{i=1}^C\log|s_i|$$"),
        ("4a", r"Problem 4 (a) $$\log|\det A| = \log|\det P\det L\det(U+\mathrm{diag}(s))|$$"),
        ("4c", r"Problem 4 (c) $$\log|\det\frac{\partial f_2}{\partial X}| = mn\log|\det A|$$"),
    ],
)
def test_a_claim_or_a_chain_that_stops_early_is_incomplete(place, text):
    assert judged(text, place).verdict in ("missing", "unread")


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("1", r"\mathbb{E}", r" E"),
        ("1", r"\log", r"\ln"),
        ("1", r"\phi", r"\varphi"),
        ("1", r"\frac", r"\dfrac"),
        ("1", r"q_\phi(z)", r"q_{\phi}(z)"),
        ("4a", r"\operatorname{diag}", r"\text{diag}"),
        ("4a", r"\det", r"\operatorname{det}"),
        ("4c", r"\log", r"\ln"),
        ("2", r"y_2", r"y_{2}"),
    ],
)
def test_another_spelling_means_the_same(place, old, new):
    for document in right().values():
        if document.place == place and "new" not in document.name:
            text = document.text.replace(old, new)
            assert judged(text, place).verdict == "passed", document.name


def test_crlf_and_blank_lines_change_nothing():
    for document in right().values():
        text = document.text.replace("\n", "\r\n")
        assert judged(text, document.place).verdict == "passed", document.name


def test_the_file_name_stands_for_the_heading():
    left, right_side = CLAIM.split("=")
    text = f"$${left} = \\int\\nabla_\\phi(q\\log\\frac hq)dz = {right_side}$$"
    assert judged(text, "1", "problem1.tex").verdict == "passed"
    assert judged(text, "1", "problem1_log_derivative.md").verdict == "passed"
    assert judged(text, "1", "notes.md").verdict == "none"
