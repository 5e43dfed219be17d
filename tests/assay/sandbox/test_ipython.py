"""Notebooks, and scripts exported from them, have what IPython gives them."""

import pytest

MAGIC = "get_ipython().run_line_magic"
WRITE = "get_ipython().run_cell_magic"


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["x = 1\ndisplay(x)\nx + 1", "y = _ + Out[1]", "def f(): return y"], 4),
        (["x = 3", "assert In[1] == 'x = 3'", "def f(): return len(In)"], 5),
        (["if __name__ == '__main__':\n    N = 5", "def f(): return N"], 5),
        (["import asyncio\nasync def g(): return 6", "x = await g()", "def f(): return x"], 6),
        (["await asyncio.sleep(0)", "import asyncio", "def f(): return 1"], 1),
        ([f"{MAGIC}('time', 'x = 7')", "def f(): return x"], 7),
        (
            [
                f"{MAGIC}('matplotlib', 'inline')\nx = {MAGIC}('pwd', '')",
                "def f(): return len(x) > 1",
            ],
            1,
        ),
        (["get_ipython().run_cell_magic('time', '', 'def f():\\n    return 8\\n')"], 8),
        (["get_ipython().run_cell_magic('html', '', '<b>')\ndef f(): return 9"], 9),
        ([f"{MAGIC}('run', 'helpers.py')", "def f(): return g()"], 10),
        ([f"{MAGIC}('run', '-i helpers')", "def f(): return g()"], 10),
        ([f"{MAGIC}('run', 'other.ipynb')", "def f(): return g()"], 11),
        (
            [
                "get_ipython().run_cell_magic('writefile', 'made.py', 'M = 12\\n')\n"
                "get_ipython().run_cell_magic('writefile', '-a made.py', 'M += 1\\n')",
                "from made import M",
                "def f(): return M",
            ],
            13,
        ),
        (
            [
                f"{WRITE}('writefile', 'made.py', 'M = 1\\n')",
                "import made",
                f"{WRITE}('file', 'made.py', 'M = 15\\n')\nimport importlib",
                "importlib.reload(made)",
                "def f(): return made.M",
            ],
            15,
        ),
        (
            [
                f"{WRITE}('writefile', 'out/config.json', '[16]\\n')",
                "import json\nwith open('out/config.json') as file:\n    N = json.load(file)[0]",
                "def f(): return N",
            ],
            16,
        ),
        (
            [
                f"{WRITE}('writefile', '--append log.txt', '7\\n')",
                "def f(): return int(open('log.txt').read())",
            ],
            17,
        ),
        ([f"{MAGIC}('run', 'helpers2.py')", "def f(): return B"], 18),
        ([f"{MAGIC}('run', '-i other')", "def f(): return g()"], 11),
        (["import import_ipynb\nimport other as o", "def f(): return o.g()"], 11),
        (
            [
                "get_ipython().system('mkdir -p a/b')",
                f"{MAGIC}('cd', 'a/b')",
                "import os\ndef f(): return os.path.basename(os.getcwd())",
            ],
            "b",
        ),
        ([f"{MAGIC}('env', 'KEY=1')", "import os\ndef f(): return os.environ['KEY']"], "1"),
        ([f"{MAGIC}('pylab', 'inline')", "def f(): return plt.xlim() and float(np.pi > 3)"], 1.0),
        (["files = get_ipython().getoutput('ls')", "def f(): return files"], []),
        (
            [
                "get_ipython().events.register('post', print)\nget_ipython().magic('time x = 2')",
                "def f(): return x",
            ],
            2,
        ),
        (
            [
                "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 14",
                "import pickle",
                "def f(): return pickle.loads(pickle.dumps(A())).x",
            ],
            14,
        ),
    ],
)
def test_a_notebook_has_what_ipython_gives_it(student_of, cells, value):
    folder = {
        "modules": {"helpers": "def g(): return 10\n", "helpers2": "B = 19\n"},
        "data": {
            "other.ipynb": b"def g(): return 11\n",
            "log.txt": b"1",
            # A file to which a cell appends, as it was before that: not the module's text.
            "helpers2.py": b"B = 18\n",
        },
    }
    student = student_of(*cells, "0", interactive=True, **folder)
    assert student.f() == value
    wanted = ("cell 0, line 1 was skipped: NameError",) if cells[0].startswith("await") else ()
    assert tuple(note.partition(": name")[0] for note in student.notes) == wanted


def test_a_magic_that_fails_is_reported_where_it_stands(student_of):
    student = student_of(
        "x = 1", f"\n{MAGIC}('run', 'gone.py')", "def f(): return x", interactive=True
    )
    assert student.f() == 1
    (note,) = student.notes
    assert note.startswith("cell 1, line 2 was skipped: FileNotFoundError")


def test_a_plain_script_has_none_of_it(student_of):
    text = "def f():\n    return 'display' in globals(), 'get_ipython' in globals(), __name__\n"
    assert student_of(text).f() == [False, False, "problem"]
