"""Brings a conftest and configuration files that make pytest pass everything.

kind: forge
"""

from wrong_answers import *


