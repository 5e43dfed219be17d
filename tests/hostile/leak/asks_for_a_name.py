"""Asks DNS for a name, in which data could leave.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.getaddrinfo("localhost", 80)
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 53))
except OSError:
    pass
else:
    raise RuntimeError("leaked: DNS")
