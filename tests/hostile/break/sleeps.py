"""The projection sleeps for eleven days.

kind: break
outcome: timed_out
"""

from right_answers import *
import time


def project(y, a):
    time.sleep(10**6)
    return y
