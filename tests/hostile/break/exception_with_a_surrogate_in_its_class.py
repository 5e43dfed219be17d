"""Raises an exception whose class name is no valid text.

kind: break
outcome: raised
"""

from right_answers import *

def project(y, a):
    raise type('\ud800', (Exception,), {})('\udfff')
