"""The projection returns a record array with a field for each coordinate.

kind: break
outcome: wrong refused
"""

from right_answers import *
import numpy as np

right = project


def project(y, a):
    x = right(y, a).detach().numpy()
    return np.rec.fromarrays([x[..., 0], x[..., 1]], names="x_1,x_2")
