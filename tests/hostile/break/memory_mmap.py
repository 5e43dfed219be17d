"""The projection maps and touches anonymous memory until it is gone.

kind: break
outcome: raised died timed_out
varies: with time
"""

from right_answers import *
import mmap


def project(y, a):
    kept = []
    while True:
        block = mmap.mmap(-1, 1 << 26)
        block[:] = b"x" * (1 << 26)
        kept.append(block)
