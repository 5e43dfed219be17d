"""The projection lowers the limit on processor time to zero and computes on.

kind: break
outcome: died timed_out
"""

from right_answers import *
import resource


def project(y, a):
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    while True:
        pass
