"""The projection ignores every signal that can be ignored and then loops for ever.

kind: break
outcome: timed_out
"""

from right_answers import *
import signal


def project(y, a):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
