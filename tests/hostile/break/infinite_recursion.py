"""The projection calls itself without end.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    return project(y, a)
