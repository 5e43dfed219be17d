"""The projection returns a list of ten million numbers.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    return [0.5] * 10**7
