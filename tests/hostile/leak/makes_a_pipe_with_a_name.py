"""Makes a named pipe on which another process could hang.

kind: leak
"""

from right_answers import *

import os

try:
    os.mkfifo("pipe")
    os.unlink("pipe")
except OSError:
    pass
else:
    raise RuntimeError("leaked: a named pipe")
