"""The multipliers are wrong numbers that compare equal to everything.

kind: break
outcome: wrong refused
"""

from right_answers import *


class Yes(float):
    def __eq__(self, other):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = lambda self, other: 0.0
    __hash__ = float.__hash__


def kkt_multipliers(y, a):
    return Yes(7), Yes(-7), Yes(7)
