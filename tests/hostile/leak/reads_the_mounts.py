"""Reads /proc/mounts.

kind: leak
"""

from right_answers import *

try:
    open("/proc/mounts").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: mounts")
