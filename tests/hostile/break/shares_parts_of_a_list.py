"""Returns nested lists that contain one list again and again.

kind: break
outcome: wrong refused
"""

from right_answers import *

def kkt_multipliers(y, a):
    row = [0.0] * 3
    for _ in range(9):
        row = [row, row, row]
    return row
