"""What a call may leave behind: nothing on its arguments, in models, attributes or globals."""

from __future__ import annotations

import pytest
import torch

from assay.assertions import conventions
from assay.assertions.conventions import leaves_arguments_alone
from assay.verdict import Wrong
from graders import objects

IMAGE = torch.tensor([[0.25, 0.5], [0.75, 0.5]], dtype=torch.float64)
MASK = torch.tensor([[True, False], [True, True]])
MODEL = objects.of(
    "gaussian_log_prob",
    mean=torch.ones(4).double(),
    precision=torch.ones(4).double(),
    trainable=True,
)
PROGRAM = """
import torch
LAST = []
def inpaint(log_prob, image, mask, step_size=0.5, num_steps=1):
    x = image.clone().requires_grad_()
    model = log_prob.__self__
    log_prob(x.reshape(1, -1)).sum().backward()
    result = image + step_size * x.grad * ~mask
    {body}
    return result
"""


def judged(student_of, body: str, **settings: object) -> str:
    """What is said of a program with these lines in it; empty where nothing is."""
    student = student_of(PROGRAM.replace("{body}", body))
    try:
        leaves_arguments_alone(student, "inpaint", MODEL, IMAGE, MASK, **settings)
    except Wrong as fault:
        return fault.evidence
    return ""


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "model.zero_grad(set_to_none=False)",
        "model.requires_grad_(False); model.requires_grad_(True)",
        "model.mean.data += 1; model.mean.data -= 1",
        "result = result.tolist()",
        "result = [row for row in result]",
    ],
)
def test_gradients_on_a_model_and_lists_are_no_fault(student_of, body):
    assert judged(student_of, body, unlike=(MODEL, 1 - IMAGE, MASK)) == ""


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("image += 1", "inpaint: `image` was modified in place"),
        ("image[0, 0] = 7; mask[0, 0] = False", "`image` was modified in place and `mask` was"),
        ("model.mean.data += 1e-3", "`log_prob` was trained: its parameter 'mean' changed"),
        ("model.mean = torch.nn.Parameter(model.mean + 1)", "its parameter 'mean' changed"),
        ("model.mean.data = 2 * model.mean.data", "`log_prob` was trained"),
        ("result = result + 0 * len(LAST) + (LAST[-1] if LAST else 0); LAST.append(1.0)", "call"),
        ("result = result + getattr(inpaint, 'n', 0); inpaint.n = 1", "first call returned"),
        ("result = result + getattr(model, 'n', 0); model.n = 1", "with the same objects"),
        ("result = result + (model.mean.grad.norm() - 1)", "with the same objects"),
        ("LAST[:] = LAST or [torch.empty(2, 2)]; result = LAST[0].copy_(result)", "that result is"),
        ("LAST.append(result); result = LAST[0]", "two inputs with different answers"),
        ("result = torch.zeros(2, 2)", "two inputs with different answers"),
        ("result = image", "returns one of its arguments as it was"),
    ],
)
def test_what_is_left_behind_or_not_done_is_said(student_of, body, says):
    assert says in judged(student_of, body, unlike=(MODEL, 1 - IMAGE, MASK))


@pytest.mark.parametrize("name", ["\u00b2", "999", "-1", "image\n::error", "0.\x1b[2J", ""])
def test_what_a_process_says_of_its_changes_is_never_taken_at_its_word(
    student_of, name, monkeypatch
):
    student = student_of(PROGRAM.replace("{body}", "pass"))
    reply = student.reply
    monkeypatch.setattr(
        student, "reply", lambda *a, **k: _with(reply(*a, **k), (name,)), raising=False
    )
    with pytest.raises(Wrong) as caught:
        leaves_arguments_alone(student, "inpaint", MODEL, IMAGE, MASK)
    assert "\x1b" not in caught.value.evidence
    assert "\n" not in caught.value.evidence


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        ("pass", False),
        ("x.requires_grad_(); x.grad.abs_()", False),
        ("x.grad += 1", True),
        ("x.grad = None", True),
        ("x.grad = torch.ones(2).double()", True),
        ("(x ** 2).sum().backward()", True),
        ("(x.detach().requires_grad_() ** 2).sum().backward()", False),
    ],
)
def test_the_gradient_that_an_argument_came_with_is_the_callers(student_of, body, faulty):
    student = student_of(f"import torch\ndef project(y, a):\n    x = y\n    {body}\n    return a\n")
    ones = torch.ones(2).double()
    changed = student.reply("project", objects.of("leaf", value=ones, grad=2 * ones), 1.0).changed
    assert changed == (("0.grad",) if faulty else ())
    said = conventions._damage(student, "project", "0.grad")
    assert said == "the gradient that `y` came with was changed"


def test_a_gradient_on_an_argument_that_came_without_one_is_no_change(student_of):
    text = "def project(y, a):\n    (y.requires_grad_() ** 2).sum().backward()\n    return y.grad\n"
    assert student_of(text).reply("project", torch.ones(2).double(), 1.0).changed == ()


def _with(reply, changed):
    reply.changed = changed
    return reply


@pytest.mark.parametrize("name", ["²", "-1", "9" * 50, "x\nwith y", "0.x\x1b[2J\ntry  y", ""])
def test_a_name_that_a_process_makes_up_is_shown_on_one_line_and_is_no_fault(student_of, name):
    said = conventions._damage(student_of("def f(x): return x\n"), "f", name)
    assert "\n" not in said
    assert "\x1b" not in said
