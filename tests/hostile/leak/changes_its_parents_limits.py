"""Reads and sets the limits of its parent.

kind: leak
"""

from right_answers import *

import os
import resource

try:
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE))
except OSError:
    pass
else:
    raise RuntimeError("leaked: limits")
