"""Makes a socket of AF_ALG, a large attack surface.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: AF_ALG")
