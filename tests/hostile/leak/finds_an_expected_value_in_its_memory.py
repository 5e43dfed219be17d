"""Looks for the judge's own modules and values in its process.

kind: leak
"""

from right_answers import *

import sys

judging = ("assay.grading.grader", "assay.grading.session", "assay.grading.replay", "hypothesis")
checks = [n for n in sys.modules if n.endswith(".problem2_projection") or ".evidence" in n]
if checks or any(name in sys.modules for name in judging):
    raise RuntimeError("leaked: the judge")
