"""Returns booleans in a NumPy array.

kind: break
outcome: wrong
"""

from right_answers import *

right = project


def project(y, a):
    x = right(y, a)
    return (x > 0).numpy()
