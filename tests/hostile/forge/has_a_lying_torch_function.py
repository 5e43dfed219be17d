"""Returns an object for which every operation of torch says yes.

kind: forge
"""

from wrong_answers import *

import torch
class Yes:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.tensor(True)
    shape = torch.Size([2])
def project(y, a): return Yes()
