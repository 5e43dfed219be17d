"""Sets a trace function that raises.

kind: break
outcome: passed raised
"""

from right_answers import *

import sys


def trace(frame, event, argument):
    if frame.f_code.co_name == 'kkt_multipliers':
        raise RuntimeError(event)
    return None


sys.settrace(trace)
