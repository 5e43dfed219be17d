"""The projection writes bytes that are not UTF-8, NUL and escape codes, and answers rightly.

kind: break
outcome: passed raised
"""

from right_answers import *
import sys

right = project


def project(y, a):
    sys.stdout.buffer.write(b"\xff\xfe\x00\x1b[2J\x1b]0;title\x07\r\n")
    return right(y, a)
