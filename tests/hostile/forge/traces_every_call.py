"""Rewrites the caller's variables from a tracing function.

kind: forge
"""

from wrong_answers import *

import sys
def trace(frame, event, arg):
    if event == "return" and frame.f_code.co_name in ("project", "call", "pack"):
        frame.f_locals["value"] = None
    return trace
sys.settrace(trace)
sys.setprofile(lambda *a: None)
