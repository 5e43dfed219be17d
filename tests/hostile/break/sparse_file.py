"""The projection makes a file of 1 TiB with nothing in it and answers rightly.

kind: break
outcome: passed raised died
"""

from right_answers import *
import tempfile

right = project
file = tempfile.TemporaryFile(dir=".")


def project(y, a):
    file.truncate(1 << 40)
    return right(y, a)
