"""Asks for a handle of a file, which passes by its path.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(303, ctypes.c_int(-100), b"/etc/passwd", ctypes.create_string_buffer(bytes([128, 0, 0, 0]) + bytes(140)), ctypes.byref(ctypes.c_int()), 0) >= 0:
    raise RuntimeError("leaked: a handle")
