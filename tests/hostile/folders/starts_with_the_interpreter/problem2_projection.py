"""Brings files that Python runs when it starts in a folder.

kind: forge
"""

from wrong_answers import *


