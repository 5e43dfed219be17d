"""Fails in a helper while it is imported.

kind: break
outcome: raised
"""

from right_answers import *

import broken
