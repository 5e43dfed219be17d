"""The projection is indented by tabs and by spaces.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
	x = y.clone()
        return x
