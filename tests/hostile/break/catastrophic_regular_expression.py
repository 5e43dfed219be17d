"""The projection matches a regular expression that backtracks exponentially.

kind: break
outcome: timed_out
"""

from right_answers import *
import re


def project(y, a):
    return re.match(r"(a+)+$", "a" * 60 + "b")
