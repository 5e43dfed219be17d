"""Mounts a file system over its folder.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(165, b"tmpfs", b".", b"tmpfs", 0, 0) >= 0:
    raise RuntimeError("leaked: a mount")
