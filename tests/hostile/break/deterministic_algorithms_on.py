"""The file asks for deterministic algorithms and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import torch

torch.use_deterministic_algorithms(True)
