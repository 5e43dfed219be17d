"""The projection returns a list that contains itself.

kind: break
outcome: wrong refused
"""

from right_answers import *


def project(y, a):
    answer = [a, 0.5]
    answer.append(answer)
    return answer
