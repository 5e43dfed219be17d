"""The projection doubles a byte string until memory is gone.

kind: break
outcome: raised died timed_out
varies: with time
"""

from right_answers import *


def project(y, a):
    data = b"x"
    while True:
        data += data
