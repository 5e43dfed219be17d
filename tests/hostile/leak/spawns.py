"""Starts a process by posix_spawn.

kind: leak
"""

from right_answers import *

import os
import sys

try:
    os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}), 0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a process")
