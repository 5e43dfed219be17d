"""Replaces torch.stack by a function that raises.

kind: break
outcome: passed raised
"""

from right_answers import *

import torch


def broken(*_, **__):
    raise RuntimeError('patched')


torch.Tensor.numpy = broken
