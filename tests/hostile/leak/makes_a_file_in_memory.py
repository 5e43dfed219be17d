"""Makes a file that no limit of memory counts.

kind: leak
"""

from right_answers import *

import os

try:
    os.memfd_create("planted")
except OSError:
    pass
else:
    raise RuntimeError("leaked: a file in memory")
