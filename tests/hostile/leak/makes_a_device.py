"""Makes a device file.

kind: leak
"""

from right_answers import *

import os
import stat

try:
    os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))
except OSError:
    pass
else:
    raise RuntimeError("leaked: a device")
