"""The projection deletes its own name when it is first called.

kind: break
outcome: passed missing raised
"""

from right_answers import *

right = project


def project(y, a):
    del globals()["project"]
    return right(y, a)
