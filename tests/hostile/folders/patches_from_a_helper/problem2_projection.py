"""Lets another module patch torch at import.

kind: forge
"""

from wrong_answers import *

import helper
