"""Has form feeds and carriage returns between its lines.

kind: break
outcome: passed
"""

from right_answers import *

x = 1

y = 2
z = 3
