"""Starts a shell.

kind: leak
"""

from right_answers import *

import subprocess

try:
    subprocess.run(["/bin/sh", "-c", "true"], check=True)
except OSError:
    pass
else:
    raise RuntimeError("leaked: a shell")
