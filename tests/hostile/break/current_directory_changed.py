"""The projection changes the current directory and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import os

right = project


def project(y, a):
    os.chdir("/")
    return right(y, a)
