"""Reports answers that are no numbers, and settings.

kind: forge
"""

from wrong_answers import *


