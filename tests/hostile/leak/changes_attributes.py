"""Puts an attribute on a file.

kind: leak
"""

from right_answers import *

import json
import os

try:
    os.setxattr(json.__file__, "user.assay", b"planted")
    os.removexattr(json.__file__, "user.assay")
except OSError:
    pass
else:
    raise RuntimeError("leaked: an attribute")
