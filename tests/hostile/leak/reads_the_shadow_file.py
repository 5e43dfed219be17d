"""Reads /etc/shadow.

kind: leak
"""

from right_answers import *

try:
    open("/etc/shadow").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: password hashes")
