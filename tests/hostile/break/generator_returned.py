"""The projection yields its points in place of returning them.

kind: break
outcome: wrong refused
"""

from right_answers import *

right = project


def project(y, a):
    yield from right(y, a)
