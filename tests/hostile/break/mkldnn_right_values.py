"""The projection returns the right values in the layout of oneDNN.

kind: break
outcome: passed wrong refused raised
"""

from right_answers import *

right = project


def project(y, a):
    return right(y, a).float().to_mkldnn()
