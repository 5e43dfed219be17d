"""The projection adds up its results from call to call.

kind: break
outcome: passed wrong
"""

from right_answers import *

right = project
calls = []


def project(y, a):
    calls.append(1)
    return right(y, a) * len(calls)
