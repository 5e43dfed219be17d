"""Changes the mode of a file to what it is.

kind: leak
"""

from right_answers import *

import json
import os

try:
    os.chmod(json.__file__, os.stat(json.__file__).st_mode)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a mode")
