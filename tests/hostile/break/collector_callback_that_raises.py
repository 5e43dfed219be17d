"""Adds a callback of the garbage collector that raises.

kind: break
outcome: passed
"""

from right_answers import *

import gc


def raises(phase, info):
    raise RuntimeError(phase)


gc.callbacks.append(raises)
gc.set_threshold(1)
