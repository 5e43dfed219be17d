"""The projection lowers the limit on memory to zero and answers rightly.

kind: break
outcome: passed raised died
varies: with time
"""

from right_answers import *
import resource

right = project


def project(y, a):
    resource.setrlimit(resource.RLIMIT_AS, (0, 0))
    return right(y, a)
