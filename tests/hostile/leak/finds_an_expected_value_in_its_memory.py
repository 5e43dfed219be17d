"""Looks for the judge's own modules and values in its process.

kind: leak
"""

from right_answers import *

import sys

judging = ("graders.grade", "graders.sitting", "graders.evidence.replay", "graders.problem2_projection", "hypothesis")
if any(name in sys.modules for name in judging):
    raise RuntimeError("leaked: the judge")
