"""The projection and the multipliers raise SystemExit with codes that are no status.

kind: break
outcome: raised died
"""

from right_answers import *


def project(y, a):
    raise SystemExit([object(), -(10**30)])


def kkt_multipliers(y, a):
    raise SystemExit("\x00done", 0.5)
