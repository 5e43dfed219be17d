"""Reads /proc/1/environ.

kind: leak
"""

from right_answers import *

try:
    open("/proc/1/environ").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: an environment")
