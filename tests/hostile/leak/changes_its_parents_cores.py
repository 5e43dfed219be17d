"""Sets the cores of its parent to what they are.

kind: leak
"""

from right_answers import *

import os

try:
    os.sched_setaffinity(os.getppid(), os.sched_getaffinity(os.getppid()))
except OSError:
    pass
else:
    raise RuntimeError("leaked: cores")
