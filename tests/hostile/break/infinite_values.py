"""The projection divides by zero and returns infinities.

kind: break
outcome: wrong
"""

from right_answers import *


def project(y, a):
    return y.abs().add(1) / 0
