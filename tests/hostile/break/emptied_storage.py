"""The projection returns a tensor whose storage it has emptied.

kind: break
outcome: wrong refused raised died
"""

from right_answers import *

right = project


def project(y, a):
    x = right(y, a).clone()
    x.untyped_storage().resize_(0)
    return x
