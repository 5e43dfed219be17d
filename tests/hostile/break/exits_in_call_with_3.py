"""The projection ends the process with status 3.

kind: break
outcome: died
"""

from right_answers import *
import os


def project(y, a):
    os._exit(3)
