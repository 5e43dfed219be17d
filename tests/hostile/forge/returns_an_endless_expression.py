"""Returns an expression whose evaluation never ends.

kind: forge
"""

from wrong_answers import *

import sympy
def kkt_multipliers(y, a):
    x = sympy.Integer(10)
    for _ in range(5):
        x = sympy.Pow(x, x, evaluate=False)
    return x, x, x
