"""Returns an array whose class lies about its bytes and its shape.

kind: forge
"""

from wrong_answers import *

import numpy as np
class Liar(np.ndarray):
    def tobytes(self, *a): return b"\0" * 16
    def __eq__(self, other): return True
    shape = property(lambda self: (2,))
def project(y, a): return y.numpy().view(Liar)
