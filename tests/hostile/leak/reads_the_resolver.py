"""Reads /etc/resolv.conf.

kind: leak
"""

from right_answers import *

try:
    open("/etc/resolv.conf").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: name servers")
