"""Replaces what its process says of itself: names that are none, times of zero.

kind: forge
"""

from wrong_answers import *

import assay.protocol.wire as wire
from assay.sandbox import child

assert callable(child._changed)
child._changed = lambda *_: ("²", "0", "1" * 40)
