"""The projection returns a 0-d tensor.

kind: break
outcome: wrong
"""

from right_answers import *


def project(y, a):
    return y.sum()
