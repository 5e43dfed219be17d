"""Brings a package called graders that passes everything.

kind: forge
"""

from wrong_answers import *

import graders
