"""A disguised process: a program cannot tell it by what gave the first one away."""

from __future__ import annotations

import msgspec
import pytest
import torch

from assay.homework import find
from assay.sandbox.student import Student
from assay.verdict import Raised

OBJECTS = find().module("objects")
WAVE = OBJECTS.of("wave_map", weight=torch.ones(1, 1), bias=torch.zeros(1))
BELL = OBJECTS.of("gaussian_log_prob", mean=torch.zeros(2), precision=torch.eye(2))

TELLS = {
    "the host": "import socket\ndef f(): return socket.gethostname()\n",
    "the user": "import os\ndef f(): return os.getuid() + os.geteuid()\n",
    "the environment": "import os\ndef f(): return sorted(os.environ)\n",
    "the folder": "import os\ndef f(): return os.path.basename(os.getcwd()), os.listdir()\n",
    "the seed": "import torch\ndef f(): return torch.initial_seed() < 1000\n",
    "the generators": "import random\ndef f(): return random.getstate()[1][-1]\n",
    "the stack": "import sys\ndef f(): return sys._getframe(1) is not None\n",
    "the kit's modules": (
        "import sys\nKIT = ('assay', 'msgspec')\n"
        "def has(): return any(name.startswith(KIT) for name in sys.modules)\n"
        "then = has()\ndef f(): return then, has()\n"
    ),
    "the limits": (
        "import resource\ndef f(): return [resource.getrlimit(n) for n in (0, 4, 6, 7, 9)]\n"
    ),
    "the clocks": (
        "import time\nthen = time.time(), time.monotonic(), time.perf_counter()\n"
        "def f(): return min(time.time() - then[0], time.monotonic() - then[1], "
        "time.perf_counter() - then[2]) > 3600\n"
    ),
}


def disguised(student):
    """The same source in a disguised process."""
    source = msgspec.structs.replace(student.source, disguised=True)
    return Student(student.sandbox, source, "", student.seed)


def answer(student):
    try:
        return student.f()
    except Exception as fault:
        return type(fault).__name__


@pytest.mark.parametrize("tell", TELLS)
def test_what_gives_the_first_process_away_is_another_one(student_of, tell):
    student = student_of(TELLS[tell])
    other = disguised(student)
    try:
        assert answer(student) != answer(other)
    finally:
        other.close()


def test_a_callable_does_not_say_what_it_is(student_of):
    text = "def f(g): return g.__qualname__ + str(bool(getattr(g, '__closure__', None)))\n"
    student = student_of(text)
    other = disguised(student)
    try:
        assert "wave" in student.f(WAVE)
        assert "wave" not in other.f(WAVE)
    finally:
        other.close()


def test_a_program_that_is_not_curious_returns_the_same(student_of):
    text = (
        "import torch, pathlib\n"
        "SIZE = len(pathlib.Path('w.txt').read_text())\n"
        "class Ruin(Exception): pass\n"
        "def f(x, fn):\n"
        "    y = x.clone().requires_grad_()\n"
        "    fn(y).sum().backward()\n"
        "    try:\n        raise Ruin\n    except Ruin:\n        return y.grad + SIZE\n"
    )
    student = student_of(text, data={"w.txt": b"abc"})
    other = disguised(student)
    import torch

    try:
        x = torch.ones(1, 2, dtype=torch.float64)
        assert torch.equal(student.f(x, BELL), other.f(x, BELL))
    finally:
        other.close()


def test_what_goes_wrong_is_said_as_in_the_first(student_of):
    student = student_of("def f(): return 1 / 0\n")
    other = disguised(student)
    try:
        for each in (student, other):
            with pytest.raises(Exception, match="ZeroDivisionError"):
                each.f()
    finally:
        other.close()


def test_a_hidden_kit_still_reads_expressions_and_errors(student_of):
    text = (
        "def f(name):\n    import sympy, msgspec\n    return sympy.Symbol(name) ** 2\n"
        "def g():\n    raise ValueError('so')\n"
    )
    other = disguised(student_of(text))
    try:
        for _ in range(2):
            assert str(other.f("x")) == str(student_of(text).f("x"))
        with pytest.raises(Raised, match="ValueError: so"):
            other.g()
    finally:
        other.close()
