"""The file holds a Latin-1 string and no coding line.

kind: break
outcome: raised passed missing
"""

from right_answers import *

right = project


def project(y, a):
    print("die nächste Stelle")
    return right(y, a)
