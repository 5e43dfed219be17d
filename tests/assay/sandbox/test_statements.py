"""A source in statements: what does not parse is cut out, and the rest keeps its lines."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.protocol import wire
from assay.sandbox.statements import Broken, bound, parse, provided_for


def pieces(text):
    """The lines at which pieces begin; negative where they do not parse."""
    found = parse(wire.Cell("hw.py", text))
    return [-piece.lineno if isinstance(piece, Broken) else piece.lineno for piece in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\ndef f(): pass\n\n\nclass C:\n    y = 1\n", [1, 2, 5]),
        ("def f(:\n    pass\ndef g(): pass\n", [-1, 3]),
        ("x = 1\n\ndef f()\n    return 1\n\ndef g():\n    return 2\n", [1, -3, 6]),
        ("def f():\n    x = = 1\n    return x\n\n# next\nx = 1\n", [-1, 6]),
        ("@dec\ndef f(:\n    pass\n\n@dec\ndef g():\n    pass\n", [-1, 6]),
        ("x = 1\ntype X = int\ny = 2\n", [1, -2, 3]),
        ("print 'python 2'\nx = 1\nprint x\ny = 1\n", [-1, 2, -3, 4]),
        ("def f():\n\tx = 1\n        return x\ny = 1\n", [-1, 4]),
        ("if x:\n    y = (1\nelse:\n    y = 2\nz = 1\n", [-1, 5]),
    ],
)
def test_what_does_not_parse_is_cut_out_as_a_whole(text, expected):
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '"""## Problem 1\n$$\\underbrace{a}_{=0}$$\n"""\n',
            "## Problem 1\n$$\\underbrace{a}_{=0}$$\n",
        ),
        ("x = 1; y = ['a', u'C:\\Users\\ann', '\\n']\n", "C:\\Users\\ann"),
        ('def f():\n    """\\Nabla"""\n    return "\\nu"\n', "\\Nabla"),
    ],
)
def test_a_string_with_an_impossible_escape_is_read_as_it_looks(text, value):
    statements = parse(wire.Cell("hw.py", text))
    assert not [each for each in statements if isinstance(each, Broken)]
    nodes = [node for statement in statements for node in ast.walk(statement)]
    assert value in [node.value for node in nodes if isinstance(node, ast.Constant)]
    # Other strings keep their escapes.
    assert "\\nu" not in [getattr(node, "value", "") for node in nodes]


@pytest.mark.parametrize("text", ["def f(:\n    pass\n", "x = 1\0", "(" * 500, "-" * 10**5 + "1"])
def test_a_source_of_which_nothing_parses_is_a_syntax_error(text):
    with pytest.raises(SyntaxError):
        parse(wire.Cell("hw.py", text))


@given(
    st.lists(st.sampled_from(["x = 1", "def f(", "  y", ")", "@d", "", "else:", "'''", "if x:"]))
)
def test_no_text_is_cut_into_pieces_for_ever(lines):
    try:
        found = parse(wire.Cell("hw.py", "\n".join(lines)))
    except SyntaxError:
        return
    places = [piece.lineno for piece in found]
    assert places == sorted(places)


def test_a_source_in_newer_syntax_throughout_keeps_the_rest():
    text = "".join(f"type T{k} = int\ndef f{k}(): return {k}\n" for k in range(30))
    found = parse(wire.Cell("hw.py", text))
    assert sum(isinstance(piece, Broken) for piece in found) == 30
    assert sum(isinstance(piece, ast.FunctionDef) for piece in found) == 30


def test_the_names_of_a_piece_that_does_not_parse_are_those_of_its_definitions():
    (piece, _) = parse(wire.Cell("hw.py", "def f(x:\n    def inner(): pass\ny = 1\n"))
    assert piece.names == ("f",)


def test_a_statement_binds_what_stands_in_its_own_scope():
    text = "for i in x:\n    a, (b, *c) = y\n    def d():\n        e = 1\n    import m.n, o as p\n"
    (statement,) = ast.parse(text).body
    assert set(bound(statement)) == {"i", "a", "b", "c", "d", "m", "p"}
    assert set(bound(ast.parse("from m import *").body[0])) == {"*"}


def test_an_import_may_fail_where_that_is_caught():
    text = (
        "try:\n    import a\nexcept ImportError:\n    import b\n"
        "try:\n    import c\nexcept ValueError:\n    pass\n"
        "def f():\n    try:\n        import d\n    except (KeyError, Exception):\n        pass\n"
    )
    assert provided_for(parse(wire.Cell("hw.py", text))) == {2, 11}
