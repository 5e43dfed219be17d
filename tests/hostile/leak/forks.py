"""Forks.

kind: leak
"""

from right_answers import *

import os

try:
    if os.fork() == 0:
        os._exit(0)
    os.wait()
except OSError:
    pass
else:
    raise RuntimeError("leaked: a process")
