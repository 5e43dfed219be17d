"""Returns complex numbers whose imaginary part is zero.

kind: break
outcome: wrong
"""

from right_answers import *

import torch

right = project


def project(y, a):
    x = right(y, a)
    return x.to(torch.complex128)
