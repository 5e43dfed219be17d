"""Attaches to its parent as a debugger, and lets go.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(101, 16, os.getppid(), 0, 0) >= 0:
    raise RuntimeError("leaked: ptrace of the parent")
