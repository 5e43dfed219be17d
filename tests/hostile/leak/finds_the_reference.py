"""Finds the solutions on the disk or among the modules.

kind: leak
"""

from right_answers import *

import importlib.util
import os
import sys

found = [p for p in sys.path if p and os.path.exists(os.path.join(p, "reference", "problem2_projection.py"))]
try:
    found += [importlib.util.find_spec("reference.problem2_projection")] if importlib.util.find_spec("reference") else []
except (ImportError, ValueError):
    pass
import inspect
kits = [getattr(m, "__file__", None) for n, m in list(sys.modules.items()) if n == "assay" or n.startswith("assay_homework_")]
assert any(kits), "the engine is in every child"
for kit in filter(None, kits):
    try:
        found += [open(os.path.join(os.path.dirname(os.path.dirname(kit)), "reference", "problem2_projection.py")).read()]
    except OSError:
        pass
if any(found):
    raise RuntimeError("leaked: the reference")
