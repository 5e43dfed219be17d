"""Returns an object whose class name is no valid text.

kind: break
outcome: raised
"""

from right_answers import *

def project(y, a):
    return type('\ud800\nwith a', (), {})()
