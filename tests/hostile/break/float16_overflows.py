"""Returns float16 after an overflow.

kind: break
outcome: wrong
"""

from right_answers import *

import torch

def project(y, a):
    return (y * 1e30).to(torch.float16)
