"""Raises what the child says of its own faults, to be graded as not judged.

kind: forge
"""

from wrong_answers import *

error = type("fault of the kit", (Exception,), {})
def project(y, a):
    raise error("its arguments could not be built")
kkt_multipliers = projected_gradient_method = project
