"""Sends to an abstract local name.

kind: leak
"""

from right_answers import *

import socket

try:
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    left.sendto(b"x", "\0assay-planted")
except OSError:
    pass
else:
    raise RuntimeError("leaked: an abstract name")
