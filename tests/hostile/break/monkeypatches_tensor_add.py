"""The file redefines the addition of tensors for itself and projects rightly.

kind: break
outcome: passed wrong raised
"""

from right_answers import *
import torch

right = project


def project(y, a):
    torch.Tensor.__add__ = lambda self, other: torch.cat((self, self))
    return right(y, a)
