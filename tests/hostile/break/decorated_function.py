"""The projection is decorated by a function that hides its name and signature.

kind: break
outcome: passed
"""

from right_answers import *

right = project


def logged(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@logged
def project(y, a):
    return right(y, a)
