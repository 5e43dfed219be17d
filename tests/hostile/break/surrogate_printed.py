"""The projection prints a lone surrogate and answers rightly.

kind: break
outcome: passed raised
"""

from right_answers import *

right = project


def project(y, a):
    print("\udcff")
    return right(y, a)
