"""Kills what shares its group, and asks whether it could kill its parents.

kind: forge
"""

from wrong_answers import *

import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for pid, number in ((0, signal.SIGTERM), (os.getppid(), 0), (1, 0), (-1, 0)):
    try:
        os.kill(pid, number)
    except OSError:
        pass
