"""Walks upwards and lists.

kind: leak
"""

from right_answers import *

import os

try:
    here = os.open(".", os.O_RDONLY)
    for _ in range(20):
        here = os.open("..", os.O_RDONLY, dir_fd=here)
    if not {"home", "root", "boot", "var", "opt"} & set(os.listdir(here)):
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: the root folder")
