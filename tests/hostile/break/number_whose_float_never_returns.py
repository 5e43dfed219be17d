"""The multipliers are objects whose __float__ never returns.

kind: break
outcome: wrong refused timed_out
"""

from right_answers import *


class Slow:
    def __float__(self):
        while True:
            pass


def kkt_multipliers(y, a):
    return Slow(), Slow(), Slow()
