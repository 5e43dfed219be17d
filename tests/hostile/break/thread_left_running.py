"""The projection answers rightly but leaves a non-daemon thread asleep.

kind: break
outcome: passed raised
"""

from right_answers import *
import threading
import time

right = project


def project(y, a):
    threading.Thread(target=time.sleep, args=(10**6,)).start()
    return right(y, a)
