"""Answers when the process ends.

kind: forge
"""

from wrong_answers import *

import atexit, os
@atexit.register
def last():
    for fd in range(3, 64):
        try: os.write(fd, b"\0\0\0\1\x90")
        except OSError: pass
