"""Has the same problem several times, the others empty or broken.

kind: forge
"""

from wrong_answers import *


