"""The projection raises an exception with a lone surrogate in its message.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    raise ValueError("bad point \ud800\udcff")
