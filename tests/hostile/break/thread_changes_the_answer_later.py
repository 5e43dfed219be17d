"""Changes the returned tensor from a thread after the return.

kind: break
outcome: passed
"""

from right_answers import *

import threading
import time

right = project


def project(y, a):
    x = right(y, a)

    def later():
        time.sleep(0.05)
        x.fill_(7.0)

    threading.Thread(target=later, daemon=True).start()
    return x
