"""Sends more notes than a frame may hold.

kind: forge
"""

from wrong_answers import *

import assay.protocol.wire as wire
from assay.sandbox import child

assert callable(child.load)
usual = wire.frame
wire.frame = lambda m, *a: usual(wire.Loaded(None, ("x",) * 100_000), *a) if isinstance(m, wire.Loaded) else usual(m, *a)
