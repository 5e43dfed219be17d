"""The file has a timer raise in whatever runs, a hundred times a second.

kind: break
outcome: raised died
varies: with time
"""

from right_answers import *
import signal


def ring(number, frame):
    raise TimeoutError("ring")


def project(y, a):
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    while True:
        pass
