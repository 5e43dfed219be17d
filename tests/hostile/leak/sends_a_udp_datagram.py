"""Sends a datagram to this machine.

kind: leak
"""

from right_answers import *

import socket

try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"grades", ("127.0.0.1", 9))
except OSError:
    pass
else:
    raise RuntimeError("leaked: a datagram")
