"""Makes a message queue that outlives it.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(68, 0, 0o1600) >= 0:
    raise RuntimeError("leaked: a queue")
