"""The projection returns its values cut to integers.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).long()
