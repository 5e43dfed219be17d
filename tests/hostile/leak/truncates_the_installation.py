"""Truncates a file of Python to the size that it has.

kind: leak
"""

from right_answers import *

import json
import os

try:
    os.truncate(json.__file__, os.path.getsize(json.__file__))
except OSError:
    pass
else:
    raise RuntimeError("leaked: the installation")
