"""How the engine's own processes are started: their command line, and their environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def python(module: str, *arguments: str) -> list[str]:
    """The command line that runs `main` of a module of this package."""
    start = f"import sys; sys.path[:0] = [{ROOT!r}] * ({ROOT!r} not in sys.path); "
    start += f"from assay.sandbox.{module} import main; main()"
    # Like -I, except that PYTHONMALLOC counts; the environment has no other PYTHON variable.
    return [sys.executable, "-P", "-s", "-c", start, *arguments]


def environment(home: str) -> dict[str, str]:
    """The variables that such a process gets; none of the others are passed on."""
    kept = dict.fromkeys(("TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",), home)
    kept |= {name: os.environ[name] for name in KEPT if name in os.environ}
    # One thread: a fork after a threaded operation hangs. More arenas would use up address space.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    kept |= dict.fromkeys(threads, "1") | {"MALLOC_ARENA_MAX": "2", "MPLBACKEND": "Agg"}
    # So that nothing looks a user name up: a sealed root has no /etc/passwd.
    kept |= {"HOME": home, "USER": "student", "LOGNAME": "student"}
    # The zygote's heap on huge pages: a fork and its end copy and free 500 times fewer page-table
    # entries (20 ms -> 6 ms). Python's own arenas are too small for huge pages.
    return kept | {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
