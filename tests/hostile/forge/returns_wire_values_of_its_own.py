"""Builds the kit's own messages and returns them.

kind: forge
"""

from wrong_answers import *

import sys
def project(y, a):
    wire = sys.modules["assay.protocol.wire"]
    return wire.Other("passed")
def kkt_multipliers(y, a):
    wire = sys.modules["assay.protocol.wire"]
    return wire.Items((wire.Tensor("float64", (2**39, 0, 2**39), b""),) * 3)
