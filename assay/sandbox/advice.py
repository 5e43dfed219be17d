"""What to try after an exception of student code, where its type and text alone say it."""

from __future__ import annotations

import re

from assay.foreign import raw
from assay.protocol import wire

IMPORTS = {
    "F": "import torch.nn.functional as F",
    "nn": "from torch import nn",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "sp": "import sympy as sp",
    "Tensor": "from torch import Tensor",
} | {
    name: f"import {name}"
    for name in ("itertools", "functools", "math", "numpy", "random", "sympy", "time", "torch")
}


def advice(error: wire.Error) -> str:
    """A next step after an exception; empty where its cause may be anything.

    >>> advice(wire.Error("NameError", "name 'np' is not defined", ()))
    'Put `import numpy as np` at the top of the file.'
    """
    if error.type == "BdbQuit":
        return "Remove breakpoint(), or run `assay check --only NAME --debug` to stop there."
    if error.type == "UnboundLocalError":
        return "The function assigns this name, so it is local: give it a value before it is read."
    if error.type != "NameError":
        return ""
    lacking = re.match(r"name '(\w+)' is not defined", raw(error.text))
    line = IMPORTS.get(lacking[1]) if lacking else None
    if line:
        return f"Put `{line}` at the top of the file."
    return "Is this name defined above, and spelled the same?"
