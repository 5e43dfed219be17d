"""Brings a torch and a numpy that find everything equal; the real ones win.

kind: forge
"""

from wrong_answers import *

import torch, numpy
assert hasattr(torch, 'nn') and hasattr(numpy, 'linalg')
