"""The multipliers are the right values as Decimals.

kind: break
outcome: passed wrong refused
"""

from right_answers import *
from decimal import Decimal

right = kkt_multipliers


def kkt_multipliers(y, a):
    return tuple(Decimal(float(value)) for value in right(y, a))
