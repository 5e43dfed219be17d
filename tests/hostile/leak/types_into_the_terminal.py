"""Types into the terminal of who grades.

kind: leak
"""

from right_answers import *

import fcntl
import os
import termios

try:
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCSTI, b" ")
except OSError:
    pass
else:
    raise RuntimeError("leaked: the terminal")
