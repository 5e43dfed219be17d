"""The file holds a Latin-1 comment and no coding line.

kind: break
outcome: passed raised
"""

from right_answers import *

right = project


def project(y, a):
    # projection auf die nächste Stelle
    return right(y, a)
