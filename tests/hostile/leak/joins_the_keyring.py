"""Looks into the kernel's keys.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(250, 0, -3, 0) >= 0:
    raise RuntimeError("leaked: keys")
