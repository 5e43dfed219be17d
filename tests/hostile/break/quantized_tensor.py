"""The projection returns the right values quantized to steps of 0.25.

kind: break
outcome: wrong refused
"""

from right_answers import *
import torch

right = project


def project(y, a):
    return torch.quantize_per_tensor(right(y, a).float(), 0.25, 0, torch.qint8)
