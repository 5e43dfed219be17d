"""The projection drops a generator that raises in its finally, and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *

right = project


def steps(y, a):
    try:
        yield right(y, a)
    finally:
        raise RuntimeError("on the way out")


def project(y, a):
    return next(steps(y, a))
