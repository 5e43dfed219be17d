"""Signals its parent by a number whose upper half the kernel drops.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(62, ctypes.c_long(os.getppid() | (1 << 32)), 0) >= 0:
    raise RuntimeError("leaked: a signal")
