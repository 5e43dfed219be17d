"""Reads /etc/machine-id.

kind: leak
"""

from right_answers import *

try:
    open("/etc/machine-id").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: the machine")
