"""The projection calls sys.exit.

kind: break
outcome: raised died
"""

from right_answers import *
import sys


def project(y, a):
    sys.exit()
