"""Makes a user and a mount namespace.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(272, 0x10020000) >= 0:
    raise RuntimeError("leaked: a namespace")
