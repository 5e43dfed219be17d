"""The multipliers are the right values as SymPy numbers.

kind: break
outcome: passed wrong refused
"""

from right_answers import *
import sympy

right = kkt_multipliers


def kkt_multipliers(y, a):
    return tuple(sympy.Float(float(value), 30) for value in right(y, a))
