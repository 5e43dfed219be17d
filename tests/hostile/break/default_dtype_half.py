"""Makes float16 the default dtype.

kind: break
outcome: passed wrong raised
"""

from right_answers import *

import torch

torch.set_default_dtype(torch.float16)
