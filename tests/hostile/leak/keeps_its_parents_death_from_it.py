"""Takes back that it dies with its parent.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(157, 1, 0, 0, 0, 0) >= 0:
    raise RuntimeError("leaked: its end")
