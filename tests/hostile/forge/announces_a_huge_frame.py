"""Announces four gigabytes and sends nothing.

kind: forge
"""

from wrong_answers import *

import os
def project(y, a):
    for fd in range(3, 64):
        try: os.write(fd, b"\xff\xff\xff\xff")
        except OSError: pass
    return y
