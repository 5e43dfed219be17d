"""Changes objects from a callback of the garbage collector.

kind: forge
"""

from wrong_answers import *

import gc
gc.callbacks.append(lambda phase, info: [o.clear() for o in gc.get_objects() if type(o) is list and len(o) == 1 and type(o[0]) is str and "line" in o[0]])
gc.collect()
