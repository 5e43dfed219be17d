"""Reads /etc/hosts.

kind: leak
"""

from right_answers import *

try:
    open("/etc/hosts").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: hosts")
