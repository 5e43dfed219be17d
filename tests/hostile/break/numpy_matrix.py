"""The projection returns the right values as a NumPy matrix.

kind: break
outcome: passed wrong refused raised
"""

from right_answers import *
import numpy as np

right = project


def project(y, a):
    return np.matrix(right(y, a).detach().numpy())
