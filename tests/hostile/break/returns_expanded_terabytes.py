"""The projection returns one number expanded to 10**12.

kind: break
outcome: wrong refused raised died
"""

from right_answers import *
import torch


def project(y, a):
    return torch.zeros(1, dtype=torch.float64).expand(10**12)
