"""Trees as MathML and as text: every kind of tree has both, and a student's signs are escaped."""

import sys
from xml.etree import ElementTree

from written import right

from assay import tree as t
from assay import written


def trees():
    for document in right().values():
        library = written.read({"a.md": document.text})
        for section in library.sections:
            for chain in written.chains(section.formulas, library.macros):
                for step in chain.steps:
                    try:
                        yield written.parse(step.tokens)
                    except written.Unread:
                        continue


def test_every_collected_formula_has_well_formed_mathml_and_a_text():
    made = list(trees())
    assert len(made) > 300
    for tree in made:
        root = ElementTree.fromstring(written.mathml(tree))
        assert root.tag == "math"
        assert written.text(tree)


def test_every_kind_of_tree_can_be_shown():
    kinds = {k for k in vars(t).values() if isinstance(k, type) and issubclass(k, t.Tree)} - {
        t.Tree
    }
    for name in ("show", "mathml"):
        assert kinds == set(sys.modules[f"assay.written.{name}"]._MAKERS)


def test_signs_of_a_student_are_escaped():
    assert written.mathml(t.Symbol("<b>&")) == "<math><mi>&lt;b&gt;&amp;</mi></math>"
