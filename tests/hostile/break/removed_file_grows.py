"""The projection removes a file, keeps it open and writes to it for ever.

kind: break
outcome: raised died timed_out
"""

from right_answers import *
import os
import tempfile


def project(y, a):
    number, path = tempfile.mkstemp(dir=".")
    os.remove(path)
    while True:
        os.write(number, b"x" * (1 << 20))
