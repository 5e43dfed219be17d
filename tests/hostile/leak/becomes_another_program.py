"""Becomes another program, which would keep the socket.

kind: leak
"""

from right_answers import *

import os
import sys

try:
    os.stat(sys.executable)
    probe = os.access("/bin/true", os.X_OK)
    os.execv("/bin/true", ["true", "-leaked"])
except OSError:
    pass
else:
    raise RuntimeError("leaked: another program")
