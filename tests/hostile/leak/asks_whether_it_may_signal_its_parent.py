"""Sends the signal 0 to its parent.

kind: leak
"""

from right_answers import *

import os

try:
    os.kill(os.getppid(), 0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a signal")
