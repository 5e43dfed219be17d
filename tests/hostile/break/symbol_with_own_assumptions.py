"""Returns symbols with assumptions of its own.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sympy


def kkt_multipliers(y, a):
    return tuple(sympy.Symbol(n, commutative=False) for n in ('dq', 'q', 'phi'))
