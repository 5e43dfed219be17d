"""The file is a notebook cell with a magic command.

kind: break
outcome: raised
"""

from right_answers import *

%matplotlib inline
