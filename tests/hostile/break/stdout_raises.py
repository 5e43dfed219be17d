"""The file replaces the standard streams by one that raises and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import sys


class Broken:
    def __getattr__(self, name):
        raise OSError("no stream")


sys.stdout = sys.stderr = Broken()
