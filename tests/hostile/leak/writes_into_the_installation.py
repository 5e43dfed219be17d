"""Opens a module of Python for writing.

kind: leak
"""

from right_answers import *

import json

try:
    open(json.__file__, "r+")
except OSError:
    pass
else:
    raise RuntimeError("leaked: the installation")
