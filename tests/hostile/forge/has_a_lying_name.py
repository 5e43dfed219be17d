"""Changes its own name and file, and shadows the kit's.

kind: forge
"""

from wrong_answers import *

import sys
__name__, __file__ = "graders.problem2_projection", "/nowhere"
sys.modules["graders.problem2_projection"] = sys.modules.get("problem2_projection")
def __getattr__(name):
    return lambda *a, **k: True
