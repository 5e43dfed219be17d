"""The name of the projection holds None; the function that it held before is graded.

kind: break
outcome: passed
"""

from right_answers import *

project = None
