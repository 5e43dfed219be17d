"""Lists the home folders.

kind: leak
"""

from right_answers import *

import os

try:
    found = []
    for folder in ("/home", "/root", "/Users", os.path.expanduser("~root")):
        try:
            found += os.listdir(folder)
        except OSError:
            pass
    if not found:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: home folders")
