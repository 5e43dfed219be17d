"""Makes a UDP socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a UDP socket")
