"""Makes a TCP socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a TCP socket")
