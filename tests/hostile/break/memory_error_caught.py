"""The projection runs out of memory, catches the error and answers rightly.

kind: break
outcome: passed died timed_out
varies: with time
"""

from right_answers import *

right = project


def project(y, a):
    kept = []
    try:
        while True:
            kept.append(bytearray(b"x") * 10**8)
    except MemoryError:
        kept.clear()
    return right(y, a)
