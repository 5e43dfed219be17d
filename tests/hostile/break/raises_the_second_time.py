"""The projection uses up an iterator, so that the second call raises.

kind: break
outcome: passed raised
"""

from right_answers import *

right = project
once = iter([0])


def project(y, a):
    return right(y, a) + next(once)
