"""Takes over the protocol loop from inside a call and answers by itself.

kind: forge
"""

from wrong_answers import *

import sys
def project(y, a):
    frame = sys._getframe(1)
    while frame is not None:
        channel = frame.f_locals.get("channel")
        if channel is not None:
            while True:
                channel.receive()
                channel.send(b"\0\0\0\1\xc0")
        frame = frame.f_back
    return y
