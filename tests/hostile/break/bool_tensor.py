"""The projection returns whether a point is in the set and not a point of it.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a) == y
