"""The projection writes empty files without end.

kind: break
outcome: raised died timed_out
"""

from right_answers import *
import itertools
import os
import tempfile


def project(y, a):
    folder = tempfile.mkdtemp(dir=".")
    for i in itertools.count():
        open(os.path.join(folder, f"iterate{i}"), "w").close()
