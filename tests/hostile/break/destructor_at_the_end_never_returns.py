"""Leaves an object whose destructor loops at the end of the process.

kind: break
outcome: passed
"""

from right_answers import *

class Last:
    def __del__(self):
        while True:
            pass


last = Last()
