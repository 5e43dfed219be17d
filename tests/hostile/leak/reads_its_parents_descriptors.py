"""Opens what its parent has open.

kind: leak
"""

from right_answers import *

import os

try:
    folder = f"/proc/{os.getppid()}/fd"
    for name in os.listdir(folder):
        os.readlink(f"{folder}/{name}")
except OSError:
    pass
else:
    raise RuntimeError("leaked: descriptors")
