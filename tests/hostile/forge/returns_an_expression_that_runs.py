"""Returns strings and expressions that would run where someone evaluates them.

kind: forge
"""

from wrong_answers import *

import sympy
def project(y, a):
    return "__import__('os')._exit(0)"
def kkt_multipliers(y, a):
    return tuple(sympy.Symbol("__import__('os').system('touch assay-planted')") for _ in range(3))
