"""The projection answers rightly from inside 3,000 nested directories.

kind: break
outcome: passed raised died
"""

from right_answers import *
import os

right = project


def project(y, a):
    for _ in range(3000):
        os.mkdir("deeper")
        os.chdir("deeper")
    return right(y, a)
