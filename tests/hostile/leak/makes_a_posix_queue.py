"""Makes a message queue with a name.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(240, b"assay-planted", 0o102, 0o600, 0) >= 0:
    raise RuntimeError("leaked: a queue")
