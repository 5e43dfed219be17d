"""Writes a .pth file that every later Python would run.

kind: leak
"""

from right_answers import *

import os
import torch

try:
    name = os.path.join(os.path.dirname(os.path.dirname(torch.__file__)), "assay-planted.pth")
    open(name, "w").close()
    os.unlink(name)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a start file")
