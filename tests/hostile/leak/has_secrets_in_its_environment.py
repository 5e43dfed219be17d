"""Looks for secrets in its environment.

kind: leak
"""

from right_answers import *

import os

allowed = ("PATH", "LANG", "LC_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_", "MPL", "TMPDIR", "HOME", "USER", "LOGNAME", "KMP_", "PYTHONMALLOC", "GLIBC_", "TORCH", "PYTORCH")
if any(not name.startswith(allowed) for name in os.environ):
    raise RuntimeError("leaked: the environment")
