"""Sends an error text of ten million letters.

kind: forge
"""

from wrong_answers import *

import assay.protocol.wire as wire
from assay.sandbox import child

assert callable(child.describe)
child.describe = lambda fault: wire.Error("E" * 10**7, "x" * 10**7, ("y",) * 10**5)


def project(y, a):
    raise ValueError
