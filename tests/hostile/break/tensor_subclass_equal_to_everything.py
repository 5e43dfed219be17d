"""The projection returns wrong values as a subclass that says yes to everything.

kind: break
outcome: wrong refused
"""

from right_answers import *
import torch


class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)


def project(y, a):
    return (y + 1).as_subclass(Yes)
