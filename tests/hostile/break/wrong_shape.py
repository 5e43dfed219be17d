"""The projection adds a leading dimension to the right values.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).unsqueeze(0)
