"""The projection returns a string of 10 MB.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    return "0.5, " * 2_000_000
