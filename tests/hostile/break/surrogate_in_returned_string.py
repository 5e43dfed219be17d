"""The projection returns a string with a lone surrogate.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    return "\ud800 0.5"
