"""The projection sets an alarm that nobody handles and waits for it.

kind: break
outcome: died timed_out
"""

from right_answers import *
import signal
import time


def project(y, a):
    signal.alarm(1)
    time.sleep(60)
    return y
