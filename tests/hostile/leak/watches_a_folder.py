"""Watches what others do in /tmp.

kind: leak
"""

from right_answers import *

import ctypes
import os

try:
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init()
    if fd < 0 or libc.inotify_add_watch(fd, b"/tmp", 0x100) < 0:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: a watch")
