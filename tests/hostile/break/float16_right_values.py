"""The projection returns the right values rounded to float16.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).half()
