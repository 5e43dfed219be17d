"""The projection raises a subclass of BaseException.

kind: break
outcome: raised
"""

from right_answers import *


class Stop(BaseException):
    pass


def project(y, a):
    raise Stop("bad point")
