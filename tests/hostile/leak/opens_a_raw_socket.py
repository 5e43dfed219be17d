"""Makes a raw socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a raw socket")
