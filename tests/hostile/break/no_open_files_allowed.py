"""The projection lowers the limit on open files to zero and answers rightly.

kind: break
outcome: passed raised died refused
"""

from right_answers import *
import resource

right = project


def project(y, a):
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    return right(y, a)
