"""The projection writes its log into one file that never stops growing.

kind: break
outcome: raised died timed_out
"""

from right_answers import *
import tempfile


def project(y, a):
    with tempfile.NamedTemporaryFile(dir=".") as log:
        while True:
            log.write(b"x" * (1 << 20))
