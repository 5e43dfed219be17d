"""The file imports from itself a function that it has not defined yet.

kind: break
outcome: passed
"""

from right_answers import *
from problem2_projection import helper


def helper(y, a):
    return y
