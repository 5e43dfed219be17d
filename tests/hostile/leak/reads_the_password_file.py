"""Reads /etc/passwd.

kind: leak
"""

from right_answers import *

try:
    open("/etc/passwd").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: users")
