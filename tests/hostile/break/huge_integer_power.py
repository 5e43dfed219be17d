"""The projection computes an integer power inside C, where no signal handler runs.

kind: break
outcome: timed_out
"""

from right_answers import *

exponent = 10**9


def project(y, a):
    return 3**exponent
