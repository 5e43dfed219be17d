"""The projection forks, and parent and child both go on to answer.

kind: break
outcome: raised died
held: confined
"""

from right_answers import *
import os

right = project


def project(y, a):
    os.fork()
    return right(y, a)
