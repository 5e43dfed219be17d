"""Adds an import hook that raises on every import.

kind: break
outcome: passed raised
"""

from right_answers import *

import sys


class Hook:
    def find_spec(self, name, path=None, target=None):
        raise RuntimeError(name)


sys.meta_path.insert(0, Hook())
