"""The projection loops for ever.

kind: break
outcome: timed_out
"""

from right_answers import *


def project(y, a):
    while True:
        pass
