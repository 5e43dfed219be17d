"""The file makes CUDA the default device, whether there is one or not.

kind: break
outcome: passed wrong raised
"""

from right_answers import *
import torch

torch.set_default_device("cuda")


def project(y, a):
    x = torch.empty(y.shape)
    x[..., 0] = a
    x[..., 1] = y[..., 1].clamp(0, 1)
    return x
