"""Lists the root folder.

kind: leak
"""

from right_answers import *

import os

try:
    if not {"home", "root", "boot", "var", "opt"} & set(os.listdir("/")):
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: the root folder")
