"""The file registers an exit handler that raises and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import atexit


@atexit.register
def goodbye():
    raise RuntimeError("on the way out")
