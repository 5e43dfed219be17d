"""Counts events of the processor.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
if platform.machine() == "x86_64" and libc.syscall(298, ctypes.create_string_buffer(bytes([1, 0, 0, 0, 112, 0, 0, 0]) + bytes(104)), 0, -1, -1, 0) >= 0:
    raise RuntimeError("leaked: perf_event_open")
