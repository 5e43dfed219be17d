"""The projection ends the process with status 137, as if it had been killed.

kind: break
outcome: died
"""

from right_answers import *
import os


def project(y, a):
    os._exit(137)
