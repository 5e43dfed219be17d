"""The projection recurses in Python alone with the recursion limit raised.

kind: break
outcome: raised died timed_out
"""

from right_answers import *
import sys


def project(y, a):
    sys.setrecursionlimit(10**9)
    return project(y, a)
