"""Signals its parent through a queue.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(129, os.getppid(), 0, ctypes.create_string_buffer(128)) >= 0:
    raise RuntimeError("leaked: a signal")
