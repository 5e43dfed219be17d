"""Sends notes that no import wrote.

kind: forge
"""

from wrong_answers import *

import assay.protocol.wire as wire
from assay.sandbox import child

assert callable(child.load)
usual = wire.frame
wire.frame = lambda m, *a: usual(wire.Loaded(None, ("late: 0 % deducted",) * 90), *a) if isinstance(m, wire.Loaded) else usual(m, *a)
