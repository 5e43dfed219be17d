"""Connects the socket to the grader anew.

kind: leak
"""

from right_answers import *

import os
import socket

try:
    done = False
    for fd in range(3, 64):
        try:
            s = socket.socket(fileno=os.dup(fd))
        except OSError:
            continue
        try:
            s.connect("\0assay-planted")
            done = True
        except OSError:
            pass
        s.detach()
    if not done:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: a connection")
