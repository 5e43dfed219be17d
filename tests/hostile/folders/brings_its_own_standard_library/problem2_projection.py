"""Brings modules with names of the standard library.

kind: forge
"""

from wrong_answers import *

import json, random, socket
