"""Lists the processes of this machine.

kind: leak
"""

from right_answers import *

import os

try:
    if not any(n.isdigit() and int(n) != os.getpid() for n in os.listdir("/proc")):
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: processes")
