"""The projection reads standard input to its end and answers rightly.

kind: break
outcome: passed raised
"""

from right_answers import *
import sys

right = project


def project(y, a):
    sys.stdin.read()
    return right(y, a)
