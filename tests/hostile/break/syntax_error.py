"""The projection lacks the colon of its def.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a)
    return y
