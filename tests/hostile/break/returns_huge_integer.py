"""The multipliers are integers of ten million digits.

kind: break
outcome: wrong refused
"""

from right_answers import *


def kkt_multipliers(y, a):
    return 1 << 33_219_281, 0, 0
