"""Makes a folder outside and removes it.

kind: leak
"""

from right_answers import *

import os

try:
    os.mkdir(f"/tmp/assay-planted-{os.getpid()}")
    os.rmdir(f"/tmp/assay-planted-{os.getpid()}")
except OSError:
    pass
else:
    raise RuntimeError("leaked: a folder outside")
