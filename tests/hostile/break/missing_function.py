"""The projection is missing.

kind: break
outcome: missing
"""

from right_answers import *

del project
