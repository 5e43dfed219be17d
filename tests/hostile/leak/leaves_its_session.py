"""Leaves its session, so that nobody finds its group.

kind: leak
"""

from right_answers import *

import os

try:
    os.setpgid(0, 0) if os.getpgid(0) != os.getpid() else os.setsid()
except OSError:
    pass
else:
    raise RuntimeError("leaked: a session")
