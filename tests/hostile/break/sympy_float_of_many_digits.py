"""Returns a number with a hundred thousand digits.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sympy


def kkt_multipliers(y, a):
    return (sympy.Float('0.1', 100_000),) * 3
