"""The projection takes one argument in place of two.

kind: break
outcome: raised
"""

from right_answers import *


def project(y):
    return y.clamp(0, 1)
