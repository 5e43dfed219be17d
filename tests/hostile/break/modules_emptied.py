"""Empties sys.modules.

kind: break
outcome: passed raised died
"""

from right_answers import *

import sys

sys.modules.clear()
