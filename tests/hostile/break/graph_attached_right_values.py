"""The projection returns the right values with a graph, a hook and a lambda attached.

kind: break
outcome: passed
"""

from right_answers import *

right = project


def project(y, a):
    x = right(y, a).detach().clone().requires_grad_() * 1.0
    x.register_hook(lambda gradient: gradient)
    x.note = lambda: "not to be pickled"
    return x
