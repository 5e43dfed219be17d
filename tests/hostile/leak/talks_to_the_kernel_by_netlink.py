"""Makes a netlink socket.

kind: leak
"""

from right_answers import *

import socket

try:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a netlink socket")
