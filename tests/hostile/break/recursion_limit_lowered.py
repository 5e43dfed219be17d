"""The projection lowers the recursion limit as far as it goes and answers rightly.

kind: break
outcome: passed raised died
"""

from right_answers import *
import sys

right = project


def project(y, a):
    x = right(y, a)
    for limit in range(1, 1000):
        try:
            sys.setrecursionlimit(limit)
            break
        except RecursionError:
            continue
    return x
