"""The projection raises a group of exceptions nested in groups.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    group = ExceptionGroup("inner", [ValueError("x_1"), TypeError("x_2")])
    raise BaseExceptionGroup("outer", [group, KeyboardInterrupt()])
