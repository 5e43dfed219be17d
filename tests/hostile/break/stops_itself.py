"""The projection stops its own process with SIGSTOP.

kind: break
outcome: timed_out died
"""

from right_answers import *
import os
import signal


def project(y, a):
    os.kill(os.getpid(), signal.SIGSTOP)
    return y
