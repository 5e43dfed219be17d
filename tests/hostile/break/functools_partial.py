"""The projection is a functools.partial object.

kind: break
outcome: passed
"""

from right_answers import *
from functools import partial

right = project


def clip(upper, y, a):
    return right(y, a)


project = partial(clip, 1.0)
