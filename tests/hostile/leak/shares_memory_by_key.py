"""Makes a block of System V memory.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(29, 0, 4096, 0o1600) >= 0:
    raise RuntimeError("leaked: System V memory")
