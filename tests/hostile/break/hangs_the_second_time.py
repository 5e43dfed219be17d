"""The projection never comes back from its second call.

kind: break
outcome: passed timed_out
"""

from right_answers import *

right = project
calls = []


def project(y, a):
    calls.append(1)
    while len(calls) > 1:
        pass
    return right(y, a)
