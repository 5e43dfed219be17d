"""Looks for descriptors besides its own socket.

kind: leak
"""

from right_answers import *

import os
import stat

found = []
for fd in range(3, 256):
    try:
        found.append(stat.S_IFMT(os.fstat(fd).st_mode))
    except OSError:
        pass
if found != [stat.S_IFSOCK]:
    raise RuntimeError("leaked: descriptors")
