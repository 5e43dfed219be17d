"""Makes a hard link of a file outside.

kind: leak
"""

from right_answers import *

import os

try:
    os.link("/etc/passwd", "mine")
except OSError:
    pass
else:
    raise RuntimeError("leaked: a hard link")
