"""Returns a dictionary.

kind: break
outcome: wrong
"""

from right_answers import *

def kkt_multipliers(y, a):
    return {'nu': 0.0, 'lower': 0.0, 'upper': 0.0}
