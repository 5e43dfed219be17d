"""The projection raises an exception whose __str__ never returns.

kind: break
outcome: raised timed_out
"""

from right_answers import *


class Failure(Exception):
    def __str__(self):
        while True:
            pass


def project(y, a):
    raise Failure("bad point")
