"""Makes a socket of the local family.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a local socket")
