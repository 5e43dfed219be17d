"""An error says what on this machine may have caused it: a version, or what cannot be started."""

import platform

import numpy as np
import pytest
import torch
from levels import offered

from assay.verdict import Raised

PYTHON = f"Python {platform.python_version()} grades here"
NUMPY, TORCH = f"numpy {np.__version__} grades here", f"torch {torch.__version__} grades here"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("import numpy as np\ndef f(): return np.float(1)\n", NUMPY),
        ("import numpy as np\ndef f(): return np.bool8(1)\n", NUMPY),
        ("import numpy as np\ndef f(): return np.ones(2).ptp()\n", NUMPY),
        ("import numpy as np\nfrom numpy import product\ndef f(): return product([1])\n", NUMPY),
        ("import torch\ndef f(): return torch.ones(2).nope()\n", TORCH),
        ("import torch\ndef f(): return torch.symeig(torch.eye(2))\n", TORCH),
        ("x = 1\nfrom itertools import batched_\ndef f(): return batched_\n", PYTHON),
        ("x = 1\ntype f = int\ndef f(x: = 1): return 1\n", PYTHON),
        ("x = 1\ndef f[T](x: T) -> T: return x\n", PYTHON),
        ("x = 1\ndef f(): return lambda: (yield = 1)\n", PYTHON),
    ],
)
def test_what_this_version_lacks_is_said_with_the_version(student_of, text, cause):
    with pytest.raises(Raised) as caught:
        student_of(text).f()
    assert cause in caught.value.evidence


def test_an_attribute_that_a_students_own_object_lacks_names_no_version(student_of):
    with pytest.raises(Raised) as caught:
        student_of("class A: pass\ndef f(): return A().x\n").f()
    assert "grades here" not in caught.value.evidence


@pytest.mark.skipif(not offered("confined"), reason="processes can be started at this level")
@pytest.mark.parametrize(
    "text",
    [
        "import multiprocessing as mp\ndef f():\n    with mp.Pool(2) as p: p.map(abs, [1])\n",
        "import multiprocessing as mp\ndef f():\n    mp.Process(target=abs, args=(1,)).start()\n",
        "from concurrent.futures import ProcessPoolExecutor as P\n"
        "def f():\n    with P(2) as pool: return list(pool.map(abs, [1]))\n",
        "import subprocess\ndef f(): subprocess.run(['ls'])\n",
        "import os\ndef f(): os.fork()\n",
    ],
)
def test_a_process_that_cannot_be_started_says_so_and_names_threads(student_of, text):
    with pytest.raises(Raised, match="no processes can be started on this machine: use threads"):
        student_of(text).f()


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("return torch.ones(2)", "Put `import torch` at the top of the file."),
        ("return np.ones(2)", "Put `import numpy as np` at the top of the file."),
        ("return nope", "Is this name defined above, and spelled the same?"),
        ("x += 1; x = 1", "The function assigns this name, so it is local"),
        ("breakpoint()", "Remove breakpoint(), or run `assay check --only NAME --debug`"),
        ("return [][0]", ""),
    ],
)
def test_what_to_try_is_said_where_the_exception_alone_tells_it(student_of, body, hint):
    with pytest.raises(Raised) as caught:
        student_of(f"def f():\n    {body}\n").f()
    assert caught.value.hint.startswith(hint)
    assert bool(caught.value.hint) == bool(hint)


def test_a_name_whose_statement_was_skipped_is_not_said_to_be_misspelled(student_of):
    with pytest.raises(Raised, match="was skipped") as caught:
        student_of("table = 1 / 0\ndef f(): return table\n").f()
    assert not caught.value.hint
