"""Fails in a helper while it is imported.

kind: break
outcome: passed
"""

from right_answers import *

import broken
