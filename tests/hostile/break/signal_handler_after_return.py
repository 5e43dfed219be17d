"""Sets a handler and a timer that fires after the return.

kind: break
outcome: passed raised died
"""

from right_answers import *

import signal

right = project


def handler(*_):
    raise RuntimeError('late')


def project(y, a):
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
    return right(y, a)
