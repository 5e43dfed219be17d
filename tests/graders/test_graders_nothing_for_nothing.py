"""Problems 1 to 4: answers that look at nothing get no points, in whatever shape they come."""

from __future__ import annotations

import pytest

from assay.commands.verify import with_source
from assay.submission import Submission

PROBLEMS = {
    "problem1_log_derivative": """
def derivation(q, h, z, phi):
    return {chain}
def elbo_gradient(log_h, log_q, phi, z):
    return {fill}(phi)
""",
    "problem2_projection": """
def project(y, a):
    return {fill}(y)
def kkt_multipliers(y, a):
    return tuple({fill}(torch.empty(3)).tolist())
def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return {fill}(torch.empty(num_steps + 1, len(x0)))
""",
    "problem3_inpainting": """
def project_image(x, image, mask):
    return {fill}(image)
def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return {fill}(image)
""",
    "problem4_glow": """
def plu_matrix(P, L, U, s): return {fill}(P)
def log_abs_det_linear(s): return {fill}(s.sum())
def jacobian(h, X, order): return {fill}(torch.empty(X.numel(), X.numel()))
def conv1x1(X, P, L, U, s): return {fill}(X), {fill}(s.sum())
def coupling_forward(X, P, L_net, U_net, s_net): return {fill}(X), {fill}(X.sum())
def coupling_inverse(Z, P, L_net, U_net, s_net): return {fill}(Z)
def plu_factorize(A): return {fill}(A), {fill}(A), {fill}(A), {fill}(A[0])
""",
}
FILLS = {
    "zeros": "torch.zeros_like",
    "ones": "torch.ones_like",
    "a half": "(lambda t: torch.full_like(t, 0.5))",
    "the argument": "(lambda t: t)",
    "huge numbers": "(lambda t: torch.full_like(t, 1.7e308))",
    "not a number": "(lambda t: torch.full_like(t, float('nan')))",
    "nothing": "(lambda t: None)",
    "an empty list": "(lambda t: [])",
}
CHAINS = [
    "[sympy.Integer(0)] * 3",
    "[q, q, q]",
    "[sympy.Derivative(sympy.Integral(sympy.log(h / q) * q, z), phi)] * 3",
    "[sympy.Integral(sympy.Derivative(sympy.log(q), phi) * sympy.log(h / q) * q, z)] * 3",
    "[sympy.Derivative(sympy.Integral(sympy.log(h / q) * q, z), phi)] * 2"
    " + [sympy.Integral(sympy.Derivative(sympy.log(q), phi) * sympy.log(h / q) * q, z)]",
    "[sympy.Integer(1), sympy.Integral(q, z), sympy.Integer(1)]",
    "[]",
    "None",
]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("module", PROBLEMS)
def test_an_answer_that_looks_at_nothing_gets_no_points(grader, module, fill):
    chain = CHAINS[list(FILLS).index(fill)]
    text = PROBLEMS[module].replace("{fill}", FILLS[fill]).replace("{chain}", chain)
    submission = Submission("nothing", (), {}, {}, (), "")
    checks = grader.homework.checks_of(module)
    nothing = with_source(submission, module, f"import sympy, torch\n{text}")
    result = grader.judge(nothing, checks, shrink_seconds=0.0)
    got = {outcome.id: outcome.points for outcome in result.checks if outcome.points}
    assert result.score == 0.0, got
