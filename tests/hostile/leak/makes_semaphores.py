"""Makes semaphores that outlive it.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(64, 0, 1, 0o1600) >= 0:
    raise RuntimeError("leaked: semaphores")
