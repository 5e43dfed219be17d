"""Leaves by sys.exit(0) in each call.

kind: forge
"""

from wrong_answers import *

import sys
def project(y, a):
    sys.exit(0)
kkt_multipliers = projected_gradient_method = project
