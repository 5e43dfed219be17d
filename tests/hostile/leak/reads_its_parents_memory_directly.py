"""Reads its parent's memory by process_vm_readv.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
buffer = ctypes.create_string_buffer(8)
vec = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
if platform.machine() == "x86_64" and libc.syscall(310, os.getppid(), ctypes.byref(vec), 1, ctypes.byref(vec), 1, 0) >= 0:
    raise RuntimeError("leaked: memory of the parent")
