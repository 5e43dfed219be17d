"""The projection answers rightly while a thread waits to end the process.

kind: break
outcome: passed raised died
varies: with time
"""

from right_answers import *
import os
import threading

right = project


def project(y, a):
    timer = threading.Timer(0.05, os._exit, (0,))
    timer.daemon = True
    timer.start()
    return right(y, a)
