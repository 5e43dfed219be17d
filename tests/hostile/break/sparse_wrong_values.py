"""The projection returns the input as a sparse tensor.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    return (y + 1).to_sparse()
