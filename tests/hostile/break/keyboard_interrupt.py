"""The projection raises KeyboardInterrupt.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    raise KeyboardInterrupt
