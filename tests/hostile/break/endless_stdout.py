"""The projection prints to standard output for ever.

kind: break
outcome: timed_out raised died
"""

from right_answers import *


def project(y, a):
    while True:
        print("x" * 1000)
