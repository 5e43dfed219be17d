"""The file runs an experiment that never converges when it is imported.

kind: break
outcome: passed
"""

from right_answers import *

error = 1.0
while error > 0:
    error = max(error / 2, 1e-300)
