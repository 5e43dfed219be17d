"""Chains are judged in every reading; here letters are numbers, so that truth is plain."""

import math
from functools import reduce

from assay import tree as t
from assay import written


class Numbers:
    """Letters with values; `log` and products of them."""

    vocabulary = written.Vocabulary()
    variants = (None,)

    def __init__(self):
        self.known = {"a": 2.0, "b": 3.0, "c": 6.0, "d": 5.0}

    def evaluate(self, tree, variant):
        if isinstance(tree, t.Number):
            return float(tree.text)
        if isinstance(tree, t.Product):
            return reduce(lambda x, y: x * y, [self.evaluate(f, variant) for f in tree.factors])
        if isinstance(tree, t.Sum):
            return sum(self.evaluate(term, variant) for term in tree.terms)
        if isinstance(tree, t.Function) and tree.name == "log":
            return math.log(self.evaluate(tree.arguments[0], variant))
        name = written.name_of(tree)
        if name not in self.known:
            raise written.Unread(name, "say what it is")
        return self.known[name]

    def equal(self, one, other):
        return abs(one - other) < 1e-9

    def difference(self, before, here):
        return f"{before.value:g} is not {here.value:g}"

    def define(self, name, values):
        return self.known.setdefault(name, values[None]) == values[None]


def marks(text):
    library = written.read({"a.md": text})
    formulas = [f for s in library.sections for f in s.formulas]
    judged = written.judge(written.chains(formulas, library.macros), Numbers())
    return [[(line.mark, line.note) for line in chain.lines] for chain in judged]


def kinds(text):
    return [[mark for mark, _ in chain] for chain in marks(text)]


def test_what_holds_and_what_does_not():
    assert kinds("$$a b = c = 6$$") == [["first", "holds", "holds"]]
    assert marks("$$a b = d = 5$$") == [[("first", ""), ("false", "6 is not 5"), ("holds", "")]]


def test_one_true_reading_is_enough():
    assert kinds(r"$$\log c = \log a b$$") == [["first", "holds"]]
    assert kinds(r"$$\log a b = \log c$$") == [["first", "holds"]]


def test_a_line_has_the_same_reading_on_both_of_its_sides():
    # log a b is log(6) before and log(2) * 3 after: one chain cannot have both.
    assert "false" in kinds(r"$$\log c = \log a b = b\log a$$")[0]
    assert kinds(r"$$\log a b = b\log a$$") == [["first", "holds"]]


def test_a_line_that_cannot_be_read_is_passed_over_but_not_silently():
    library = written.read({"a.md": "$$c = w = a b$$"})
    (chain,) = written.judge(written.chains(library.sections[0].formulas, {}), Numbers())
    assert [line.mark for line in chain.lines] == ["first", "unread", "holds"]
    assert chain.lines[2].after_gap
    assert kinds("$$c = w = d$$") == [["first", "unread", "false"]]


def test_a_name_is_defined_where_a_chain_begins_with_it():
    assert kinds("$$w = a b$$ Then $$w = c$$") == [["first", "holds"], ["first", "holds"]]
    assert kinds("$$w = c$$ where $v = d$. $$w + v = 11$$")[-1] == ["first", "holds"]


def test_other_relations_are_no_links():
    assert kinds(r"$$a \approx d \le c = a b$$") == [["first", "open", "open", "holds"]]


def test_only_the_first_mistake_is_explained():
    notes = [note for chain in marks("$$a = b = c$$ $$a = d$$") for _, note in chain if note]
    assert notes == ["2 is not 3"]
