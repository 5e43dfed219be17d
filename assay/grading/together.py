"""Examples of a check tried side by side: what all of them ask crosses in one message.

Each example runs in a greenlet of its own, which waits wherever the check calls the student. When
all of them wait, their calls are sent as one message, and each goes on with its own answers. A
check is still a plain function, and its calls have the seeds that they have one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import greenlet
import torch

from assay.protocol import wire
from assay.sandbox.student import Example, Returns, Student
from assay.verdict import Verdict

GROUP_SECONDS = 0.5  # that the calls of one message may be expected to take together


class Apart(Exception):
    """There was no answer to a message: each example must be tried alone."""


@dataclass
class _Waiting:
    """An example that waits for answers: its greenlet, and the calls that it asks."""

    place: int
    fiber: Any
    example: Example
    calls: Sequence[wire.Call]


def group_size(seconds: float, count: int) -> int:
    """How many of `count` examples to try together, if one takes so long."""
    return max(1, min(count, int(GROUP_SECONDS / max(seconds, 1e-6))))


def together(
    student: Student, tries: Sequence[Callable[[], Verdict | None]]
) -> list[Verdict | None]:
    """What each try returns, in order.

    Raises:
        Apart: there was no answer to one of their messages.
    """
    returned: dict[int, Verdict | None] = {}
    student.suspend = _suspending(greenlet.getcurrent())

    def step(place: int, fiber: Any, *answers: Returns) -> list[_Waiting]:
        calls = fiber.switch(*answers)
        if fiber.dead:
            returned[place] = calls
            return []
        return [_Waiting(place, fiber, student.example, calls)]

    try:
        fibers = map(greenlet.greenlet, tries)
        waiting = [w for place, fiber in enumerate(fibers) for w in step(place, fiber)]
        while waiting:
            asked, waiting = waiting, []
            for one, answers in zip(asked, _answers(student, asked), strict=True):
                student.example = one.example
                waiting += step(one.place, one.fiber, answers)
    finally:
        student.suspend = None
    return [returned[place] for place in range(len(tries))]


def _suspending(hub: Any) -> Callable[[Sequence[wire.Call]], Returns]:
    """What a fiber does instead of sending its calls: it waits for the answers from the hub."""

    def suspend(calls: Sequence[wire.Call]) -> Returns:
        is_grad = torch.is_grad_enabled()  # holds for the thread: another fiber would inherit it
        torch.set_grad_enabled(True)
        try:
            answers: Returns = hub.switch(calls)
        finally:
            torch.set_grad_enabled(is_grad)
        return answers

    return suspend


def _answers(student: Student, asked: Iterable[_Waiting]) -> list[Returns]:
    """The answers to the calls of each fiber, from one message."""
    student.example = Example()
    calls = [one.calls for one in asked]
    answers = student.attempt([call for own in calls for call in own])
    if answers is None:
        raise Apart
    returned, elapsed = iter(answers[0]), answers[1]
    return [([next(returned) for _ in own], elapsed) for own in calls]
