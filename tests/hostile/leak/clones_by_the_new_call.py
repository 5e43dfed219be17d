"""Forks by clone3.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
if platform.machine() == "x86_64":
    pid = libc.syscall(435, ctypes.byref((ctypes.c_uint64 * 8)(0x4200, 0, 0, 0, 17, 0, 0, 0)), 64)
    if pid == 0:
        os._exit(0)
    if pid > 0:
        raise RuntimeError("leaked: a process")
