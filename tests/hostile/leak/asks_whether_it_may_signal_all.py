"""Sends the signal 0 to every process that it may signal.

kind: leak
"""

from right_answers import *

import os

try:
    os.kill(-1, 0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a signal")
