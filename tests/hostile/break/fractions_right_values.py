"""The multipliers are the right values as Fractions.

kind: break
outcome: passed wrong refused
"""

from right_answers import *
from fractions import Fraction

right = kkt_multipliers


def kkt_multipliers(y, a):
    return tuple(Fraction(float(value)) for value in right(y, a))
