"""The projection sums 10**16 products in one NumPy call.

kind: break
outcome: timed_out
"""

from right_answers import *
import numpy as np


def project(y, a):
    v = np.ones(10_000)
    return np.einsum("i,j,k,l->", v, v, v, v)
