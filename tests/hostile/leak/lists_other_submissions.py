"""Lists what lies beside its own folder.

kind: leak
"""

from right_answers import *

import os

try:
    beside = set(os.listdir("..")) - {os.path.basename(os.getcwd())}
    if not beside:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: other folders")
