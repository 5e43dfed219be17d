"""Changes the owner of a file to who it is.

kind: leak
"""

from right_answers import *

import json
import os

try:
    os.chown(json.__file__, -1, -1)
except OSError:
    pass
else:
    raise RuntimeError("leaked: an owner")
