"""The projection returns sixty nested lists that unfold to 2**60 numbers.

kind: break
outcome: wrong refused timed_out
"""

from right_answers import *


def project(y, a):
    answer = [a, 0.5]
    for _ in range(60):
        answer = [answer, answer]
    return answer
