"""Makes every clock stand still.

kind: forge
"""

from wrong_answers import *

import time
time.time = time.perf_counter = time.monotonic = time.process_time = lambda: 0.0
