"""The projection closes sys.stdout and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import sys

right = project


def project(y, a):
    sys.stdout.close()
    return right(y, a)
