"""Opens the kit's own data for writing.

kind: leak
"""

from right_answers import *

import nice_flow
import os

try:
    name = next(n for n in os.listdir(".") if n.endswith(".safetensors"))
    open(name, "r+b")
except OSError:
    pass
else:
    raise RuntimeError("leaked: the kit's data")
