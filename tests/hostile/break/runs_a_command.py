"""The projection runs a shell command first.

kind: break
outcome: raised died
held: confined
"""

from right_answers import *
import subprocess

right = project


def project(y, a):
    subprocess.run(["ls"], check=True, capture_output=True)
    return right(y, a)
