"""The projection removes the directory that it has moved into and answers rightly.

kind: break
outcome: passed raised
"""

from right_answers import *
import os
import tempfile

right = project


def project(y, a):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
    return right(y, a)
