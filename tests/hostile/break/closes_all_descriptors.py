"""The projection closes every file descriptor and answers rightly.

kind: break
outcome: died raised refused passed
"""

from right_answers import *
import os

right = project


def project(y, a):
    os.closerange(0, 65536)
    return right(y, a)
