"""Returns uninitialised memory in the hope that the right answer lay there.

kind: forge
"""

from wrong_answers import *

import torch
def project(y, a):
    return torch.empty_like(y)
