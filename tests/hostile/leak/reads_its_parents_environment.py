"""Reads the environment of its parent.

kind: leak
"""

from right_answers import *

import os

try:
    open(f"/proc/{os.getppid()}/environ", "rb").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: an environment")
