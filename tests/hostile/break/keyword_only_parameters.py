"""The projection takes its arguments by keyword alone.

kind: break
outcome: passed raised
"""

from right_answers import *

right = project


def project(*, y, a):
    return right(y, a)
