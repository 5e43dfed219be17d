"""Returns a named tuple.

kind: break
outcome: passed
"""

from right_answers import *

from collections import namedtuple

Multipliers = namedtuple('Multipliers', 'nu lower upper')
right_kkt = kkt_multipliers


def kkt_multipliers(y, a):
    return Multipliers(*right_kkt(y, a))
