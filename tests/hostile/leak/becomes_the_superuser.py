"""Becomes the superuser, or is it.

kind: leak
"""

from right_answers import *

import os

try:
    os.setuid(0)
except OSError:
    pass
else:
    raise RuntimeError("leaked: rights")
