"""Reads /proc/loadavg.

kind: leak
"""

from right_answers import *

try:
    open("/proc/loadavg").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: the load")
