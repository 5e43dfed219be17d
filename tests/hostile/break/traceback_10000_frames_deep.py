"""The projection raises under 10,000 frames.

kind: break
outcome: raised
"""

from right_answers import *
import sys

sys.setrecursionlimit(20_000)


def descend(depth):
    if depth == 0:
        raise ValueError("the bottom")
    return descend(depth - 1) + 1


def project(y, a):
    return descend(10_000)
