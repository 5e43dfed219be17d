"""Sends every answer a second time.

kind: forge
"""

from wrong_answers import *

import os
def project(y, a):
    import msgspec
    body = msgspec.msgpack.encode({"type": "answers", "answers": []})
    for fd in range(3, 32):
        try: os.write(fd, (len(body).to_bytes(4, "big") + body) * 2)
        except OSError: pass
    return y
