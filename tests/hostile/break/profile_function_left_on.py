"""Leaves a profile function on.

kind: break
outcome: passed
"""

from right_answers import *

import sys

sys.setprofile(lambda *_: None)
