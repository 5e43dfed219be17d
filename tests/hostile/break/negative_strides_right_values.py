"""The projection returns a NumPy array of the right values with negative strides.

kind: break
outcome: passed
"""

from right_answers import *
import numpy as np

right = project


def project(y, a):
    x = right(y, a).detach().numpy()
    return np.flip(np.ascontiguousarray(np.flip(x)))
