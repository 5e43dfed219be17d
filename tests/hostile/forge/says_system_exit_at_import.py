"""Leaves by sys.exit(0) at import.

kind: forge
"""

from wrong_answers import *

import sys
sys.exit(0)
