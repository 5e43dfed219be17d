"""Returns a symbol whose name has lines that look like parts of a message.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sympy


def kkt_multipliers(y, a):
    return (sympy.Symbol('x\nwith a = 1\ntry  b\nagain  c'),) * 3
