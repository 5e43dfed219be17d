"""Deletes most builtins.

kind: break
outcome: passed raised died
"""

from right_answers import *

import builtins

for name in ('len', 'isinstance', 'tuple', 'map', 'zip', 'type'):
    delattr(builtins, name)
