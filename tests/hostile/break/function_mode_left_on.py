"""Leaves a torch function mode on that doubles.

kind: break
outcome: passed
"""

from right_answers import *

import torch
from torch.overrides import TorchFunctionMode


class Mode(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


mode = Mode()
mode.__enter__()
