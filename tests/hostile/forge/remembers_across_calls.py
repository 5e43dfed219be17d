"""Keeps every input and returns what it saw before.

kind: forge
"""

from wrong_answers import *

import torch
seen = []
def project(y, a):
    seen.append(y.clone())
    return seen[len(seen) // 2] if seen[len(seen) // 2].shape == y.shape else y
