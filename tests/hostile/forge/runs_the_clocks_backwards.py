"""Makes every clock run backwards and answers negative times.

kind: forge
"""

from wrong_answers import *

import itertools, time
back = itertools.count(0, -10**6)
time.perf_counter = time.process_time = lambda: float(next(back))
