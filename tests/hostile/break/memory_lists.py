"""The projection appends to a list until memory is gone.

kind: break
outcome: raised died timed_out
varies: with time
"""

from right_answers import *


def project(y, a):
    points = []
    while True:
        points.append([float(len(points))] * 10**6)
