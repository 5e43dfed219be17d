"""Returns sums that were never evaluated.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sympy


def kkt_multipliers(y, a):
    one = sympy.Add(1, -1, evaluate=False)
    for _ in range(150):
        one = sympy.Mul(one, one, evaluate=False)
    return one, one, one
