"""Makes a symbolic link that leads out and reads through it.

kind: leak
"""

from right_answers import *

import os

try:
    os.symlink("/etc", "out")
    open("out/passwd").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: users")
