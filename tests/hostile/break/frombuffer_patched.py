"""Replaces torch.frombuffer by a function that returns nothing.

kind: break
outcome: passed raised
"""

from right_answers import *

import torch

torch.frombuffer = lambda *_, **__: None
