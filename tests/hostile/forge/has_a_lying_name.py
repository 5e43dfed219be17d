"""Changes its own name and file, and shadows the kit's.

kind: forge
"""

from wrong_answers import *

import sys
__name__, __file__ = "assay.grading.session", "/nowhere"
sys.modules["assay.grading.session"] = sys.modules.get("problem2_projection")
def __getattr__(name):
    return lambda *a, **k: True
