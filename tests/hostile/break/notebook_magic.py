"""The file is a notebook cell with a magic command.

kind: break
outcome: passed
"""

from right_answers import *

%matplotlib inline
