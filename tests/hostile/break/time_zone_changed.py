"""Changes the time zone.

kind: break
outcome: passed
"""

from right_answers import *

import os
import time

os.environ['TZ'] = 'Pacific/Kiritimati'
time.tzset()
