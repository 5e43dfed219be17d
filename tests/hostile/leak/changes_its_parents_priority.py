"""Sets the priority of its parent to what it is.

kind: leak
"""

from right_answers import *

import os

try:
    os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid()))
except OSError:
    pass
else:
    raise RuntimeError("leaked: a priority")
