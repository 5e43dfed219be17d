"""The projection names the last dimension of the right values.

kind: break
outcome: passed wrong refused raised
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).refine_names(..., "coordinate")
