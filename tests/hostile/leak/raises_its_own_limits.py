"""Raises the limits that it was given.

kind: leak
"""

from right_answers import *

import resource

try:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: limits")
