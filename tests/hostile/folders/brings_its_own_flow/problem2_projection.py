"""Brings its own nice_flow and weights; the given ones stand in for them.

kind: forge
"""

from wrong_answers import *

import nice_flow
assert hasattr(nice_flow, 'load_flow')
