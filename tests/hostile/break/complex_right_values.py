"""The projection returns the right values as complex numbers, a lazy conjugate.

kind: break
outcome: passed wrong refused
"""

from right_answers import *
import torch

right = project


def project(y, a):
    x = right(y, a)
    return torch.complex(x, torch.zeros_like(x)).conj()
