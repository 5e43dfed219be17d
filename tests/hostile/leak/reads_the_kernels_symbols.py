"""Reads /proc/kallsyms.

kind: leak
"""

from right_answers import *

try:
    open("/proc/kallsyms").read()
except OSError:
    pass
else:
    raise RuntimeError("leaked: kernel symbols")
