"""Raises an exception that is called Passed, and others with the kit's names.

kind: forge
"""

from wrong_answers import *

class Passed(Exception): pass
class Broken(Exception): pass
def project(y, a):
    raise Broken("a fault of the kit, not of the submission")
def kkt_multipliers(y, a):
    raise Passed
