"""Lowers the recursion limit as far as it goes.

kind: break
outcome: passed raised died
"""

from right_answers import *

import sys

for limit in range(60, 5, -1):
    try:
        sys.setrecursionlimit(limit)
    except RecursionError:
        break
