"""The bytes of a fingerprint, as a result file stores them."""

from __future__ import annotations

import struct

# Its version, the number of its pieces, a digest of the code with all names made equal, and the
# lowest 16 bits of 256 minima. Fingerprints of different versions cannot be compared.
FINGERPRINT = struct.Struct("<BH8s512s")
FINGERPRINT_VERSION = 1
