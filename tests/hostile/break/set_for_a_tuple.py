"""Returns a set.

kind: break
outcome: wrong
"""

from right_answers import *

def kkt_multipliers(y, a):
    return {0.0, 1.0, 2.0}
