"""The projection is a coroutine function.

kind: break
outcome: wrong refused
"""

from right_answers import *

right = project


async def project(y, a):
    return right(y, a)
