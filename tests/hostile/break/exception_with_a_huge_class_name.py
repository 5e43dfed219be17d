"""Raises an exception whose class has a name of a million letters.

kind: break
outcome: raised
"""

from right_answers import *

def project(y, a):
    raise type('E' * 10**6, (Exception,), {})('x')
