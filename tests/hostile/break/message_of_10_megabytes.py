"""The projection raises an exception with a message of 10 MB.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    raise ValueError("bad point " * 10**6)
