"""Has modules that import each other.

kind: break
outcome: passed
"""

from right_answers import *

import first
first.use()
