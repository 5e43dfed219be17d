"""The projection returns a masked array with every entry masked, over wrong values.

kind: break
outcome: wrong refused
"""

from right_answers import *
import numpy as np


def project(y, a):
    return np.ma.array(y.detach().numpy() + 1, mask=True)
