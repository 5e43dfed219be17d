"""A derivation is sent as a tree and arrives equal; what no derivation needs is not accepted."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Derivative, Function, Integral, Symbol, exp, log, oo

from assay.protocol import expressions, values, wire
from assay.protocol.wire import Node
from assay.sandbox import host
from assay.verdict import Refused

z, phi = Symbol("z", real=True), Symbol("phi", real=True)
q = Function("q", positive=True)(z, phi)
h = Function("h", positive=True)(z)
ratio = log(h / q)


def over_the_wire(expression):
    """The expression as a limited process gets it, through a frame and back."""
    data = wire.frame(wire.Returned(1, values.pack(expression)))
    return expressions.unpack(wire.from_child(data[wire.HEADER :]).value)


DERIVATION = [
    Derivative(Integral(ratio * q, (z, -oo, oo)), phi),
    Integral(Derivative(ratio * q, phi), (z, -oo, oo)),
    Integral(Derivative(ratio, phi) * q + ratio * Derivative(q, phi), z),
    Integral(-Derivative(q, phi) + ratio * Derivative(q, phi), z),
    Integral(ratio * Derivative(q, phi), z) - Integral(Derivative(q, phi), z),
    Integral(Derivative(log(q), phi) * ratio * q, (z, -oo, oo)),
    Derivative(q, (phi, 2)),
    Derivative(q, z, phi),
    phi**2 * Integral(Derivative(q, phi), z),
    sympy.Rational(-2, 3) * q ** sympy.Rational(1, 2),
    exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi),
    sympy.Float("0.1") * h,
    sympy.E * sympy.I * Abs(phi) * sympy.sin(z) * sympy.cos(z) * sympy.tanh(z) * sympy.sign(phi),
    sympy.Subs(Derivative(q, phi), phi, 1),
    sympy.Eq(q, h),
]


@pytest.mark.parametrize("line", DERIVATION, ids=str)
def test_a_line_of_a_derivation_comes_back_equal(line):
    assert over_the_wire(line) == line


@pytest.mark.parametrize(
    "line",
    [
        sympy.Mul(2, z + 1, evaluate=False),
        sympy.Add(z, z, evaluate=False),
        sympy.Mul(sympy.Integer(2), sympy.Integer(3), evaluate=False),
        sympy.Pow(sympy.Pow(h, 2, evaluate=False), 3, evaluate=False),
        sympy.UnevaluatedExpr(z) + z,
        sympy.UnevaluatedExpr(sympy.UnevaluatedExpr(q)) * q,
        Integral(sympy.UnevaluatedExpr(ratio) * q, z),
        log(h / q, evaluate=False),
    ],
    ids=str,
)
def test_what_was_left_unevaluated_comes_back_with_the_same_value(line):
    back = over_the_wire(line)
    one, other = (e.function if isinstance(e, Integral) else e for e in (back, line))
    assert sympy.expand(one - other.doit()) == 0
    assert not back.has(sympy.UnevaluatedExpr)


@given(
    st.recursive(
        st.sampled_from([z, phi, q, h, sympy.pi, sympy.I]) | st.integers(-99, 99),
        lambda inner: (
            st.tuples(inner, inner).map(sum)
            | st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1])
            | inner.map(lambda x: log(sympy.sympify(x) ** 2 + 1))
            | inner.map(lambda x: Derivative(q * x, phi))
        ),
        max_leaves=8,
    ).map(sympy.sympify)
)
def test_any_such_expression_comes_back_equal(expression):
    assert expressions.unpack(expressions.pack(expression)) == expression


@pytest.mark.parametrize("traits", [{}, {"real": True}, {"positive": True}, {"integer": True}])
def test_a_symbol_keeps_its_assumptions(traits):
    assert over_the_wire(Symbol("a", **traits)) == Symbol("a", **traits)
    assert over_the_wire(log(Symbol("a", **traits))) == log(Symbol("a", **traits))


def test_a_common_part_is_sent_once():
    part = sympy.sin(z * phi)
    packed = expressions.pack(part + part**2 + part**3)
    assert sum(node.kind == "sin" for node in packed.nodes) == 1


@pytest.mark.parametrize(
    "value",
    [
        sympy.Piecewise((1, z > 0), (0, True)),
        sympy.Lambda(z, z),
        sympy.Matrix([1, 2]),
        sympy.gamma(z),
        sympy.Sum(z, (z, 0, 3)),
        sympy.FiniteSet(1),
        sympy.true,
        sympy.Wild("w"),
        z + sympy.Integer(10) ** 70,
        z + sympy.Integer(10) ** 5000,
        z / 10**5000,
        sympy.Float(10) ** 10**9 + sympy.zeta(z),
        sympy.MatrixSymbol("A", 2, 2),
        type("Sneaky", (sympy.Symbol,), {})("s"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_derivation_does_not_need_is_named_and_not_accepted(value):
    packed = values.pack(value)
    assert isinstance(packed, wire.Other)
    assert 0 < len(packed.what) <= 200


def test_an_expression_that_is_too_deep_is_not_accepted():
    deep = z
    for n in range(2_000):
        deep = sympy.Add(deep, Symbol(f"s{n}"), evaluate=False)
    assert isinstance(values.pack(deep), wire.Other)


def test_an_expression_of_too_many_nodes_is_not_accepted():
    wide = sympy.Tuple(*[Symbol(f"s{n}") for n in range(expressions.NODES + 1)])
    assert "nodes" in expressions.pack(wide).what


def rational(n):
    return Node("Rational", (), f"{n}/1")


Z = Node("Symbol", (), "z|real")
DOUBLING = [Z, *(Node("Tuple", (n, n)) for n in range(60))]


@pytest.mark.parametrize(
    "nodes",
    [
        [],
        [Node("Tuple", (0,))],
        [Z, Node("sin", (1,))],
        [Z, Node("sin", (-1,))],
        [Node("eval", (), "1")],
        [Node("__import__", (), "os")],
        [Node("Lambda", (0, 0))],
        [Node("Rational", (), "9" * 500)],
        [Node("Rational", (), "x")],
        [Node("Float", (), "x")],
        [Node("Rational", (), "__import__('os')")],
        [Z, Node("sin", (0, 0, 0))],
        [Node("log")],
        [rational(1), Node("Derivative", (0, 0))],
        [Z] * (expressions.NODES + 1),
        DOUBLING,
        # sympy raises NotImplementedError, IndexError, KeyError.
        [Z, Node("Limit", (0, 0, 0))],
        [Z, Node("Tuple"), Node("Integral", (0, 1))],
        [Z, Node("Integral", (0, 0)), Node("Equality", (0, 1)), Node("Integral", (0, 2))],
        [rational(10), rational(10**7), Z, Node("Pow", (0, 1, 2))],
    ],
    ids=lambda nodes: f"{len(nodes)} nodes, {nodes[-1].kind if nodes else 'none'}",
)
def test_a_forged_tree_is_refused_and_nothing_of_it_is_run(nodes):
    with pytest.raises(expressions.Refuse):
        expressions.unpack(wire.Expr(tuple(nodes)))


@given(
    st.lists(
        st.builds(
            Node,
            st.sampled_from(["Add", "Mul", "Tuple", "sin", "Symbol", "Derivative", "Eq", "Subs"]),
            st.lists(st.integers(-1, 6), max_size=3).map(tuple),
            st.sampled_from(["", "z|real", "1/2", "|", "q|positive", "0/0"]),
        ),
        max_size=6,
    )
)
def test_a_tree_of_any_nodes_is_an_expression_or_refused(nodes):
    try:
        built = expressions.unpack(wire.Expr(tuple(nodes)))
    except expressions.Refuse:
        return
    assert isinstance(built, sympy.Basic)


BOMBS = {
    "2**(2**(2**...))": [rational(2), *(Node("Pow", (0, n)) for n in range(8))],
    "10**(10**7)": [rational(10), rational(10**7), Node("Pow", (0, 1))],
    "2**(2**35), 4 GiB": [rational(2), rational(2**35), Node("Pow", (0, 1))],
    "(z + 1)**(10**6)": [
        Z,
        rational(1),
        Node("Add", (0, 1)),
        rational(10**6),
        Node("Pow", (2, 3)),
        Node("Derivative", (4, 0)),
        Node("Tuple", (0,)),
        Node("Integral", (5, 6)),
    ],
    "sin(sin(...)), 1,500 deep": [Z, *(Node("sin", (n,)) for n in range(1_500))],
    "pairs of pairs, 60 deep": DOUBLING,
}


@pytest.mark.parametrize("nodes", BOMBS.values(), ids=BOMBS)
def test_an_expression_bomb_ends_as_a_verdict_on_the_student_in_bounded_time(
    student_of, monkeypatch, nodes
):
    # The limits of the process stop it; no bomb may appear as a fault of the kit.
    monkeypatch.setattr(host, "TRUSTED_SECONDS", 1.0)
    student, tree = student_of(""), wire.Expr(tuple(nodes))
    try:
        faults = student.examine("evidence.symbolic", "judge_chain", [tree, tree, tree])
    except Refused:
        return
    assert faults[0][0] == "start"


def test_a_tower_of_powers_that_a_student_returns_ends_as_a_verdict(student_of, monkeypatch):
    monkeypatch.setattr(host, "TRUSTED_SECONDS", 1.0)
    student = student_of(
        "import sympy\n"
        "def f():\n"
        "    x = sympy.Integer(2)\n"
        "    for _ in range(9):\n"
        "        x = sympy.Pow(2, x, evaluate=False)\n"
        "    return [x, x, x]\n"
    )
    faults = student.examine("evidence.symbolic", "judge_chain", student.f())
    assert faults[0][:3] == ["start", 1, 1]
