"""Changes the mode of an open file to what it is.

kind: leak
"""

from right_answers import *

import json
import os

try:
    with open(json.__file__) as file:
        os.fchmod(file.fileno(), os.stat(json.__file__).st_mode)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a mode")
