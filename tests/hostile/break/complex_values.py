"""The projection returns complex numbers with imaginary parts.

kind: break
outcome: wrong
"""

from right_answers import *
import torch

right = project


def project(y, a):
    return torch.complex(right(y, a), y + 1)
