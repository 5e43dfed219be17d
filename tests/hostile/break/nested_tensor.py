"""The projection returns a nested tensor of the right values and more.

kind: break
outcome: wrong refused raised
"""

from right_answers import *
import torch

right = project


def project(y, a):
    x = right(y, a)
    return torch.nested.nested_tensor([x, x])
