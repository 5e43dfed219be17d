"""Walks every path and imports every module that it can name: nothing may hold a check's name.

kind: leak
"""

from right_answers import *

import gc
import importlib
import os
import pkgutil
import sys

import assay

NAME = "projection_" + "is_"  # in two parts: this file is in the child's memory
MARKS = ("_assay_" + "check", "expect_" + "close", "judge_" + "chain", "Verdict" + "(")
kit = os.path.dirname(os.path.dirname(assay.__file__))
found = []
for top in {kit, *sys.path, os.getcwd()}:
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if f not in ("torch", "sympy", "numpy", "scipy", "__pycache__", ".git")]
        if "site-packages" in folder and "assay" not in folder:
            continue
        for name in files:
            if name.endswith((".py", ".toml", ".md", ".pyc")) and ("assay" in folder or "graders" in folder or "reference" in folder or folder == kit):
                try:
                    text = open(os.path.join(folder, name), errors="replace").read()
                except OSError:
                    continue
                if any(mark in text for mark in MARKS) and not name.startswith(("checks", "__init__", "problem2_projection")):
                    found.append(os.path.join(folder, name))
package = next(n for n in sys.modules if n.startswith("assay_homework_") and "." not in n)
names = [m.name for p in (assay, sys.modules[package]) for m in pkgutil.walk_packages(p.__path__, p.__name__ + ".", onerror=lambda n: None)]
names += [f"{package}.problem{k}" for k in range(1, 7)] + [f"{package}.evidence.{n}" for n in ("glow", "ruin", "symbolic")]
names += ["assay.grading.session", "assay.assertions.compare", "assay.report.junit", "graders.evidence.glow", "reference"]
for name in names:
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    found += [name] if any(hasattr(v, MARKS[0]) or k == MARKS[1] for k, v in list(vars(module).items())) else []
found += [o for o in gc.get_objects() if type(o).__name__ == "function" and hasattr(o, MARKS[0])]
if found:
    raise RuntimeError(f"leaked: {found[:5]}")
