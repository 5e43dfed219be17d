"""The projection is an instance of a class with __call__.

kind: break
outcome: passed
"""

from right_answers import *

right = project


class Project:
    def __call__(self, y, a):
        return right(y, a)


project = Project()
