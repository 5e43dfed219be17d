"""Documents are divided by their headings."""

import pytest

from assay import written


def sections(text, name="a.md"):
    library = written.read({name: text})
    return [(s.problem, s.part, len(s.formulas)) for s in library.sections if s.formulas]


@pytest.mark.parametrize(
    ("heading", "problem", "part"),
    [
        ("Problem 1", "1", ""),
        ("**Problem 4.**", "4", ""),
        ("# Problem 2: Projected gradient", "2", ""),
        (r"\section*{Problem 2}", "2", ""),
        (r"\textbf{Problem 4 (a)}", "4", "a"),
        ("4. (a)", "4", "a"),
        ("4(c)", "4", "c"),
        ("Problem 4c", "4", "c"),
        ("Exercise 1", "1", ""),
        ("HW 10 Problem 1", "1", ""),
        ("Q4 (a)", "4", "a"),
        ("## 1", "1", ""),
        (r"\section{2}", "2", ""),
        ("2.", "2", ""),
        ("{\\bf Problem 1}", "1", ""),
        ("문제 1", "1", ""),
    ],
)
def test_a_heading_says_what_follows(heading, problem, part):
    assert sections(f"{heading}\n\n$$a = b$$") == [(problem, part, 1)]


@pytest.mark.parametrize(
    "heading", ["(a)", "a)", "**(a)**", "Part (a)", "a. ", r"\item[(a)]", "### (a)"]
)
def test_a_part_belongs_to_the_problem_above_it(heading):
    assert sections(f"Problem 4\n{heading} $$a = b$$\n(c) $$c = d$$") == [
        ("4", "a", 1),
        ("4", "c", 1),
    ]


def test_items_of_an_enumeration_are_parts():
    text = r"\section{Problem 4}\begin{enumerate}" + "\n\\item $$a$$\n\\item x\n\\item $$c$$\n"
    assert sections(text) == [("4", "a", 1), ("4", "c", 1)]


@pytest.mark.parametrize(
    "line", ["E.g. this", "prob 0.55 is", "A proof:", "P = 18/37", "1/2 of it"]
)
def test_prose_is_no_heading(line):
    assert sections(f"Problem 4 (a)\n{line}\n$$a = b$$") == [("4", "a", 1)]


def test_cells_of_a_notebook_go_on_from_one_another():
    cells = {
        "n.ipynb, cell 1": "Problem 4",
        "n.ipynb, cell 3": "(a) $$a = b$$",
        "b.md": "$$c = d$$",
    }
    library = written.read(cells)
    found = [(s.document, s.problem, s.part) for s in library.sections if s.formulas]
    assert found == [("n.ipynb, cell 3", "4", "a"), ("b.md", "", "")]


def test_comments_and_code_are_left_out():
    assert sections(
        "Problem 1\n% $$a$$\n\\begin{verbatim}$$b$$\\end{verbatim}\n$$c$$", "a.tex"
    ) == [("1", "", 1)]
