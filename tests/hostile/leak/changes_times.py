"""Changes the times of a file to what they are.

kind: leak
"""

from right_answers import *

import json
import os

try:
    os.utime(json.__file__, (os.stat(json.__file__).st_atime, os.stat(json.__file__).st_mtime))
except OSError:
    pass
else:
    raise RuntimeError("leaked: times")
