"""The projection memoises into a dictionary that never stops growing.

kind: break
outcome: raised died timed_out
varies: with time
"""

from right_answers import *

cache = {}


def project(y, a):
    while True:
        cache[len(cache)] = b"x" * (10**5 + len(cache))
