"""Brings a folder called reference.

kind: forge
"""

from wrong_answers import *


