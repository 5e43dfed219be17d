"""The projection returns a number inside a thousand nested lists.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    answer = 0.5
    for _ in range(1000):
        answer = [answer]
    return answer
