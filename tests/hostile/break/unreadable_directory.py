"""The projection leaves a folder that nobody may enter and answers rightly.

kind: break
outcome: passed raised
"""

from right_answers import *
import os
import tempfile

right = project


def project(y, a):
    folder = tempfile.mkdtemp(dir=".")
    open(os.path.join(folder, "figure.txt"), "w").close()
    os.chmod(folder, 0)
    return right(y, a)
