"""Forks by clone.

kind: leak
"""

from right_answers import *

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
if platform.machine() == "x86_64":
    pid = libc.syscall(56, 0x4211, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid > 0:
        raise RuntimeError("leaked: a process")
