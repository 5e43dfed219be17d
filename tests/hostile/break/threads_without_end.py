"""The projection starts threads that sleep, for ever.

kind: break
outcome: raised timed_out died
"""

from right_answers import *
import threading
import time


def project(y, a):
    while True:
        threading.Thread(target=time.sleep, args=(10**6,)).start()
