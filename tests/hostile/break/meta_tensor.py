"""The projection returns a meta tensor, which has a shape and no values.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    return y.to("meta")
