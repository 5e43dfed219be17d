"""Raises an exception with many notes.

kind: break
outcome: raised
"""

from right_answers import *

def project(y, a):
    e = ValueError('x')
    for n in range(20_000):
        e.add_note(str(n))
    raise e
