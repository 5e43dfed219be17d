"""Sets up io_uring, whose calls no filter sees.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0:
    raise RuntimeError("leaked: io_uring")
