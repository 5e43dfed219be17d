"""Replaces the clocks by functions that raise.

kind: break
outcome: passed raised died
"""

from right_answers import *

import time


def broken():
    raise RuntimeError('no time')


time.perf_counter = time.process_time = broken
