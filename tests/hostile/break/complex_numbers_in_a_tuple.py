"""Returns Python's complex numbers.

kind: break
outcome: wrong
"""

from right_answers import *

def kkt_multipliers(y, a):
    return 0j, 0j, 0j
