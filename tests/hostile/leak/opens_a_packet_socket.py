"""Makes a packet socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a packet socket")
