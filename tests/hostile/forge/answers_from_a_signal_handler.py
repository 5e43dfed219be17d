"""Answers from a timer's signal, in the middle of the kit's own code.

kind: forge
"""

from wrong_answers import *

import os, signal
def late(*_):
    for fd in range(3, 32):
        try: os.write(fd, b"\0\0\0\1\xc0")
        except OSError: pass
signal.signal(signal.SIGALRM, late)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
