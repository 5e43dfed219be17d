"""The projection asks the user for a number.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    return y.clamp(0, float(input("upper bound: ")))
