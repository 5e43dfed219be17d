"""Says that the kit's own judge failed.

kind: forge
"""

from wrong_answers import *

import assay.protocol.wire as wire
from assay.sandbox import child

assert wire.KIT_FAULT
child.describe = lambda fault: wire.Error(wire.KIT_FAULT, "x", ())


def project(y, a):
    raise ValueError
