"""The projection forgets to return its result.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    right(y, a)
