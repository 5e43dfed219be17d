"""Opens its own memory for writing.

kind: leak
"""

from right_answers import *

try:
    open("/proc/self/mem", "r+b")
except OSError:
    pass
else:
    raise RuntimeError("leaked: its own memory")
