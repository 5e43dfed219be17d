"""Inside the child: how a submission is imported, called, seeded and quoted; its output is kept."""

import contextlib
import importlib.util
import re

import numpy as np
import pytest
import torch
from places import ROOT

from assay.homework import find
from assay.protocol import wire
from assay.sandbox import child
from assay.sandbox.explain import SHOWN_LINES
from assay.verdict import Died, Missing, Raised, Refused, TimedOut, Verdict

KIT = re.compile(rf"{re.escape(str(ROOT))}|site-packages|graders[/.]|sandbox|zygote|assay-")

DRAWS = """
import random
import numpy as np
import torch
def f():
    return [torch.rand(2), np.random.rand(2), random.random(), torch.randn(1), np.random.randn()]
"""


def drawn(student, salt):
    """What the student draws at the first call of an example."""
    student.begin(salt)
    return repr(student.f())


def verdict_of(student, *arguments):
    """The verdict on a call of `f` that must not succeed."""
    with pytest.raises(Verdict) as caught:
        student.f(*arguments)
    return caught.value


def test_the_same_seed_draws_the_same_numbers_and_another_seed_others(student_of):
    one, again, other = student_of(DRAWS), student_of(DRAWS), student_of(DRAWS, seed=1)
    first = drawn(one, "a")
    assert first == drawn(again, "a") == drawn(one, "a")
    assert len({first, drawn(one, "b"), drawn(other, "a")}) == 3


def test_a_rerun_goes_on_with_the_random_numbers_where_a_second_call_is_seeded_again(student_of):
    student = student_of(DRAWS)
    with student.same_seed():
        first, again, rerun = student.f(), student.again("f"), student.rerun("f")
    assert repr(first) == repr(again) != repr(rerun)


def test_no_two_calls_of_an_example_draw_the_same(student_of):
    student = student_of(DRAWS)
    student.begin("a")
    assert len({repr(student.f()) for _ in range(4)}) == 4


def test_each_generator_is_seeded_by_itself(student_of):
    # A student who seeds one generator does not freeze the others.
    student = student_of(DRAWS.replace("    return", "    torch.manual_seed(0)\n    return"))
    student.begin("a")
    first, second = student.f(), student.f()
    assert torch.equal(first[0], second[0])
    assert first[2] != second[2]
    assert not (first[1] == second[1]).all()


def test_everyone_in_a_class_draws_the_same_from_the_same_seed(student_of):
    assert drawn(student_of(DRAWS), "a") == drawn(student_of(DRAWS + "# mine\n"), "a")


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("pass", ()),
        ("x + 1; y * 2", ()),
        ("x.add_(1)", ("0",)),
        ("y[0] = 5", ("y",)),
        ("x.zero_(); y.zero_()", ("0", "y")),
        ("x.resize_(0)", ("0",)),
        ("x.data[0] = 9", ("0",)),
        ("x = x * 0", ()),
        ("x.requires_grad_(); (x**2).sum().backward()", ()),
        ("x.numpy()[0] = 3", ("0",)),
        ("x.add_(1); x.sub_(1)", ()),
        ("x.t_()", ()),
        ("y.nan_to_num_()", ("y",)),
        ("y.clamp_(max=torch.finfo(y.dtype).max)", ("y",)),
    ],
)
def test_an_argument_that_is_changed_in_place_is_reported(student_of, body, changed):
    student = student_of(f"import torch\ndef f(x, y):\n    {body}\n    return 1\n")
    y = torch.tensor([1.0, float("nan"), float("inf")], dtype=torch.float64)
    assert student.reply("f", torch.tensor([1.0, 2.0]), y=y).changed == changed


def test_a_call_gets_its_own_copy_of_its_arguments(student_of):
    student, x = student_of("def f(x):\n    x += 1\n    return x.sum()\n"), torch.zeros(2)
    assert student.f(x).item() == student.f(x).item() == 2.0
    assert x.sum().item() == 0.0


def test_the_end_of_what_a_call_prints_is_kept_and_no_answer_is_lost(student_of):
    student = student_of(
        "import sys\n"
        "print('at import')\n"
        "def f(n):\n"
        "    print('x' * n); print('oops', file=sys.stderr); sys.stdout.flush()\n"
        "    return 7\n"
    )
    assert student.f(3) == 7
    assert student.example.printed == "xxx\noops\n"
    assert [student.f(2**20), student.f(2**20)] == [7, 7]
    assert student.example.printed.endswith("xxx\noops\n")
    assert len(student.example.printed) == wire.PRINTED_LIMIT
    student.begin("another example")
    assert student.example.printed == ""


def test_calls_of_one_message_that_print_much_are_answered(student_of):
    student = student_of("def f(n):\n    print('\U0001f600' * 10_000)\n    return n\n")
    assert student.each("f", [(n,) for n in range(4_000)]) == list(range(4_000))


def test_a_stream_keeps_its_end_and_counts_all_that_is_written():
    tail = child.Tail()
    stream = tail.stream()
    assert stream.write("a" * wire.PRINTED_LIMIT) == wire.PRINTED_LIMIT
    assert stream.write("bc") == 2
    text = tail.take()
    assert text.endswith("abc")
    assert len(text) == wire.PRINTED_LIMIT
    assert tail.take() == ""
    taken = 0
    for _ in range(1_000):
        stream.write("d" * wire.PRINTED_LIMIT)
        taken += len(tail.take())
    assert taken == wire.PRINTED_TOTAL - len(text)
    stream.write("outside of any call")
    tail.renew()
    assert tail.take() == ""
    stream.write("e")
    assert tail.take() == "e"


def test_stdout_is_a_text_stream_that_a_program_may_close_or_wrap_again(student_of):
    text = (
        "import io, sys\n"
        "def f():\n"
        "    usual = type(sys.stdout) is type(sys.stderr) is io.TextIOWrapper\n"
        "    sys.stdout.buffer.write(b'bytes ')\n"
        "    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='latin-1')\n"
        "    print('wrapped', end=' ', flush=True)\n"
        "    sys.stdout.close()\n"
        "    print('closed', file=sys.stderr)\n"
        "    return usual\n"
    )
    student = student_of(text)
    assert student.f() is True
    assert student.example.printed == "bytes wrapped closed\n"


def test_invalid_unicode_is_printed_and_raised_as_valid_text(student_of):
    student = student_of("def f():\n    print('\\ud800')\n    raise ValueError('\\udfff')\n")
    assert "ValueError" in verdict_of(student).evidence
    assert student.example.printed == "?\n"


LINES = {
    "raised by hand": ("def g(x):\n    raise ValueError('mine')\ndef f():\n    g(1)\n", [4, 2]),
    "raised in torch": ("import torch\ndef f():\n    torch.eye(2) @ torch.ones(3)\n", [3]),
    "through scipy": (
        "from scipy.optimize import minimize\n"
        "def g(x):\n    return x.nope\n"
        "def f():\n    minimize(g, [1.0])\n",
        [5, 3],
    ),
    "through a library's generated code": (
        "import collections\nP = collections.namedtuple('P', 'x y')\ndef f():\n    P(1)\n",
        [4],
    ),
    "wrong arguments": ("def f(a, b):\n    return a\n", []),
    "an import in a function": ("def f():\n    import no_such_module\n", [2]),
    "a name that torch has not": ("def f():\n    from torch import nope\n", [2]),
    "raised at another's text": ("def f():\n    exec('1 / 0')\n", [2]),
}


@pytest.mark.parametrize(("source", "lines"), LINES.values(), ids=LINES)
def test_an_exception_shows_the_students_own_lines_only(student_of, source, lines):
    evidence = verdict_of(student_of(source)).evidence
    _, *quoted = evidence.splitlines()
    assert [q for q in quoted if q.startswith("  ")] == [
        f"  problem.py, line {n}: {source.splitlines()[n - 1].strip()}" for n in lines
    ]
    assert not re.search(r'File "|Traceback|<frozen|<string>', evidence)
    assert not KIT.search(evidence)


def test_an_exception_in_a_function_of_the_homework_shows_none_of_its_lines(student_of):
    gradient = find().kinds().of("quadratic_gradient", A=torch.eye(2), b=torch.zeros(2))
    evidence = verdict_of(student_of("def f(g):\n    return g('x')\n"), gradient).evidence
    assert "problem.py, line 2: return g('x')" in evidence
    assert not KIT.search(evidence)


def test_a_recursion_without_end_is_raised_and_quoted_briefly(student_of):
    evidence = verdict_of(student_of("def f():\n    return f()\n")).evidence
    assert "RecursionError" in evidence
    assert evidence.count("line 2") == SHOWN_LINES


def test_an_exception_without_text_or_with_a_failing_one_is_named_by_its_class(student_of):
    for body in ("raise KeyError", "raise E", "assert False"):
        source = (
            f"class E(Exception):\n    def __str__(self): raise ValueError\ndef f():\n    {body}\n"
        )
        assert verdict_of(student_of(source)).evidence.splitlines()[0] in (
            "KeyError",
            "E",
            "AssertionError",
        )


IMPORTS = {
    "raise SystemExit(0)": "SystemExit",
    "exit()": "exit",
    "def f(:\n    pass": "SyntaxError: .*\n.*problem.py, line 1: def f\\(:",
    "x = 1\0": "SyntaxError: source code",
    "\tx = 1\n  y": "IndentationError|TabError",
    "x = " + "(" * 500 + ")" * 500: "SyntaxError|MemoryError|RecursionError",
    "x = " + "-" * 100_000 + "1": "SyntaxError|MemoryError|RecursionError",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "from __future__ import braces": "SyntaxError",
    "1 / 0": "ZeroDivisionError",
}


@pytest.mark.parametrize("source", IMPORTS, ids=lambda source: repr(source[:24]))
def test_a_file_that_cannot_be_imported_says_why_at_every_call(student_of, source):
    student = student_of(source)
    for _ in range(2):
        verdict = verdict_of(student)
        assert isinstance(verdict, Raised)
        assert verdict.evidence.startswith("problem.py could not be imported: ")
        assert re.search(IMPORTS[source], verdict.evidence)
        assert not KIT.search(verdict.evidence)


@pytest.mark.parametrize("name", ["reference", "tests", "reference.problem2_projection"])
def test_a_submission_cannot_import_the_solutions_or_the_tests(student_of, name):
    top = name.partition(".")[0]
    assert importlib.util.find_spec(top), "not importable here either: the test would prove nothing"
    # As for any package that is not here, there is a stand-in, with nothing of the real one.
    used = student_of(f"import {name} as found\ndef f(): return found.project\n")
    assert f"{top} is not installed on this machine" in verdict_of(used).evidence
    late = f"def f():\n    import importlib\n    importlib.import_module({name!r})\n"
    assert f"No module named '{top}'" in verdict_of(student_of(late)).evidence


def test_the_modules_of_a_submission_can_be_imported(student_of):
    modules = {
        "helper": "from deep.inner import C\nB = C + 1\n",
        "deep.inner": "C = 40\n",
        "whole": "from . import part\nfrom .part import P\n",
        "whole.part": "P = 1\n",
    }
    source = "import helper, whole.part\nfrom whole import P\ndef f(): return helper.B + P\n"
    assert student_of(source, modules=modules).f() == 42


def test_an_error_in_a_helper_module_is_quoted_from_there(student_of):
    modules = {"helper": "def g(x):\n    return x.nope\n"}
    evidence = verdict_of(student_of("import helper\ndef f():\n    helper.g(1)\n", modules=modules))
    assert "helper.py, line 2: return x.nope" in evidence.evidence


@pytest.mark.parametrize("name", ["torch", "numpy", "sympy", "random", "json", "assay"])
def test_a_file_of_a_submission_never_replaces_a_library(student_of, name):
    student = student_of(
        f"import {name}\ndef f(): return hasattr({name}, 'FORGED')\n",
        modules={name: "FORGED = 1\n", "tests": "", "antigravity": "1 / 0"},
    )
    assert student.f() is False


def test_the_flow_that_was_handed_out_and_its_files_are_available(student_of):
    student = student_of(
        "from nice_flow import load_flow\n"
        "import numpy as np\n"
        "def f():\n"
        "    x = np.load('digits.npz'); load_flow('nice.safetensors')\n"
        "    return len(list(x.keys()))\n"
    )
    assert student.f() > 0


def test_the_data_files_of_a_submission_are_in_the_current_folder(student_of):
    source = "def f(): return open('in/side.txt').read() + open('out.txt').read()\n"
    assert student_of(source, data={"in/side.txt": b"a", "out.txt": b"b"}).f() == "ab"


@pytest.mark.parametrize("error", ["NotImplementedError", "NotImplementedError('problem 2: f')"])
def test_what_is_not_written_yet_is_missing_and_not_an_error(student_of, error):
    verdict = verdict_of(student_of(f"def f():\n    raise {error}\n"))
    assert isinstance(verdict, Missing)
    assert "f is not written yet" in verdict.evidence


def test_a_function_that_is_not_there_is_missing(student_of):
    verdict = verdict_of(student_of("def g(): return 1\n"))
    assert isinstance(verdict, Missing)
    assert verdict.evidence == "problem.py has no function f"


LYING = """
import numbers, torch, numpy as np
def fail(*_, **__): raise ValueError('no')
def leave(*_, **__): raise SystemExit(0)
class Tensor(torch.Tensor):
    __torch_function__ = classmethod(fail)
class Array(np.ndarray):
    astype = tobytes = fail
Real = numbers.Real.register(type('Real', (), {'__float__': fail}))
def f(): return VALUE
"""


@pytest.mark.parametrize(
    "value",
    [
        "type('A', (), {'__float__': fail})()",
        "type('A', (), {'__float__': leave})()",
        "type('A', (), {'__float__': lambda _: 'x'})()",
        "type('A', (), {'__getattr__': fail})()",
        "type('A', (), {'__class__': property(fail)})()",
        "type('A', (), {'free_symbols': 1, '_sympy_': leave})()",
        "type('A', (list,), {'__iter__': fail})([1])",
        "type('A', (list,), {'__len__': fail})([1])",
        "type('A', (int,), {'__int__': fail})()",
        "type('A', (str,), {'__str__': fail})()",
        "Real()",
        "torch.ones(2).as_subclass(Tensor)",
        "np.ones(2).view(Array)",
    ],
)
def test_an_object_that_fails_when_it_is_looked_at_is_no_fault_of_the_kit(student_of, value):
    student = student_of(LYING.replace("VALUE", value))
    try:
        got = student.f()
    except (Raised, Refused, Died):
        return
    assert isinstance(got, (wire.Other, int, float, str, list, np.ndarray))


@pytest.mark.parametrize(
    "value",
    [
        "None",
        "'text'",
        "'x' * 10**8",
        "['x' * 10**4] * 2 * 10**4",
        "iter(int, 1)",
        "object()",
        "torch.zeros(1).expand(2**40)",
        "np.broadcast_to(0.0, (2**40,))",
        "torch.empty(2**27)",
        "torch.empty(2**60)",
        "[0] * 10**7",
        "10**10**5",
        "{1: 2}",
        "f",
        "torch",
        "(0,) * 10**5",
        "__import__('sympy').Symbol('x') + __import__('sympy').Integer(10)**5000",
    ],
)
def test_a_value_that_no_check_expects_does_not_end_the_process(student_of, value):
    student = student_of(f"import numpy as np, torch\ndef f(): return {value}\ndef g(): return 1\n")
    try:
        got = student.f()
        assert got is None or isinstance(got, (wire.Other, str, list))
    except Raised as verdict:
        assert re.search("[Mm]emory|Storage size", verdict.evidence)  # noqa: PT017
    assert student.g() == 1


@pytest.mark.parametrize(
    "act",
    [
        "sys.stdout.kept = 5",
        "sys.stdout = sys.stderr = None",
        "sys.stdout.close()",
        "time.perf_counter = time.process_time = None",
        "torch.equal = torch.nan_to_num = None",
        "builtins.len = builtins.isinstance = None",
        "sys.modules.clear()",
        "sys.meta_path.clear()",
        "warnings.warn('x'); warnings.simplefilter('error')",
        "os.chdir('/')",
        "os.environ.clear()",
        "torch.set_default_dtype(torch.float16)",
        "torch.set_num_threads(4)",
        "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "torch.use_deterministic_algorithms(True)",
        "sys.setrecursionlimit(60)",
        "gc.disable()",
        "sys.settrace(lambda *a: None)",
        "sys.excepthook = atexit.register(print)",
        "socket.socket.send = None",
    ],
)
def test_tampering_with_the_process_is_no_fault_of_the_kit_and_ends_with_it(student_of, act):
    names = "atexit, builtins, gc, os, signal, socket, sys, threading, time, torch, warnings"
    student = student_of(f"import {names}\ndef f(x):\n    {act}\n    return 1\n")
    with contextlib.suppress(Raised, Died, Refused, TimedOut):
        assert student.f(torch.ones(2)) == 1
    fresh = student_of("import torch\ndef f(x): return torch.tensor([0.5]) + x, len([1])\n")
    got, one = fresh.f(torch.ones(1))
    assert (got.dtype, got.item(), one) == (torch.float32, 1.5, 1)
