"""Returns a symbol with a name of a million letters.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sympy


def kkt_multipliers(y, a):
    return (sympy.Symbol('x' * 10**6),) * 3
