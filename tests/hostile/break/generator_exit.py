"""The projection raises GeneratorExit.

kind: break
outcome: raised
"""

from right_answers import *


def project(y, a):
    raise GeneratorExit
