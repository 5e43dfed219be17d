"""Leaves notes for its next process where it can, and reads them.

kind: forge
"""

from wrong_answers import *

import os, tempfile
for folder in {tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", ".."}:
    try:
        with open(os.path.join(folder, "assay-planted-notes"), "a+") as file:
            file.write("here\n")
        os.unlink(os.path.join(folder, "assay-planted-notes"))
    except OSError:
        pass
