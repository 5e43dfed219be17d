"""Returns bytes.

kind: break
outcome: wrong
"""

from right_answers import *

def project(y, a):
    return b'\x00' * 16
