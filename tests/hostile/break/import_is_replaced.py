"""Replaces __import__ by a function that raises.

kind: break
outcome: passed raised died
"""

from right_answers import *

import builtins


def refuse(*_, **__):
    raise RuntimeError('no imports')


builtins.__import__ = refuse
