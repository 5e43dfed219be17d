"""Opens the memory of its parent.

kind: leak
"""

from right_answers import *

import os

try:
    open(f"/proc/{os.getppid()}/mem", "rb")
except OSError:
    pass
else:
    raise RuntimeError("leaked: memory")
