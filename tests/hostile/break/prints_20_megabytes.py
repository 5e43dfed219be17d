"""The projection prints 20 MB and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *

right = project
printed = []


def project(y, a):
    if not printed:
        printed.append(print("step\n" * 4_000_000))
    return right(y, a)
