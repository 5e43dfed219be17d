"""The projection lowers the limit on file sizes to zero and answers rightly.

kind: break
outcome: passed raised died refused
"""

from right_answers import *
import resource

right = project


def project(y, a):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return right(y, a)
