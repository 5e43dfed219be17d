"""Leaves a file for others.

kind: leak
"""

from right_answers import *

import os

try:
    written = 0
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", ".."):
        try:
            with open(f"{folder}/assay-planted-{os.getpid()}", "w") as file:
                file.write("here")
            os.unlink(file.name)
            written += 1
        except OSError:
            pass
    if not written:
        raise OSError
except OSError:
    pass
else:
    raise RuntimeError("leaked: a file outside")
