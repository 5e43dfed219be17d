"""Reads /proc/net/tcp.

kind: leak
"""

from right_answers import *

try:
    open("/proc/net/tcp").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: connections")
