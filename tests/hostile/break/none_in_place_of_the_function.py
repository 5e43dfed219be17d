"""The name of the projection holds None.

kind: break
outcome: missing raised
"""

from right_answers import *

project = None
