"""Makes a vsock.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a vsock")
