"""Makes a pair of datagram sockets, one of which could send to any local name.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a datagram pair")
