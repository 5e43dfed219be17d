"""The file runs an example at its end that fails.

kind: break
outcome: passed
"""

from right_answers import *

example = project([0.5, 2.0], 0.0) / 0
