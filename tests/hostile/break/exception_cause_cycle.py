"""The projection raises exceptions that are each other's cause.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    raise first
