"""Returns a NumPy array of strings.

kind: break
outcome: wrong
"""

from right_answers import *

import numpy as np


def project(y, a):
    return np.array(['0.0', '1.0'])
