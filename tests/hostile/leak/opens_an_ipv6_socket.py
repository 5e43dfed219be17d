"""Makes an IPv6 socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: an IPv6 socket")
