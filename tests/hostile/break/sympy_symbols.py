"""The multipliers are SymPy symbols without values.

kind: break
outcome: wrong refused
"""

from right_answers import *
import sympy


def kkt_multipliers(y, a):
    return sympy.symbols("nu lower upper")
