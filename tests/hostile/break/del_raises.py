"""The projection drops an object whose __del__ raises and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *

right = project


class Figure:
    def __del__(self):
        raise RuntimeError("on the way out")


def project(y, a):
    Figure()
    return right(y, a)
