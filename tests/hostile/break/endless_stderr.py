"""The projection prints to standard error for ever.

kind: break
outcome: timed_out raised died
"""

from right_answers import *
import sys


def project(y, a):
    while True:
        print("x" * 1000, file=sys.stderr)
