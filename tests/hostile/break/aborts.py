"""The projection calls os.abort.

kind: break
outcome: died
"""

from right_answers import *
import os


def project(y, a):
    os.abort()
