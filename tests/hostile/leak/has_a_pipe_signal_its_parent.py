"""Has the kernel signal its parent when a pipe has data.

kind: leak
"""

from right_answers import *

import fcntl
import os

try:
    reader, writer = os.pipe()
    fcntl.fcntl(reader, 10, 0)
    fcntl.fcntl(reader, 8, os.getppid())
except OSError:
    pass
else:
    raise RuntimeError("leaked: a signal by a pipe")
