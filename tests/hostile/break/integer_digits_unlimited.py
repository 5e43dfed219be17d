"""Removes the limit of digits and returns a huge number.

kind: break
outcome: wrong refused
"""

from right_answers import *

import sys

sys.set_int_max_str_digits(0)


def kkt_multipliers(y, a):
    return 10**5000, 10**5000, 10**5000
