"""Answers ten thousand calls before any is asked for.

kind: forge
"""

from wrong_answers import *

import os
try:
    import msgspec
    pack = msgspec.msgpack.encode
except ImportError:
    pack = None
if pack:
    for number in range(1, 1000):
        body = pack({"type": "answers", "answers": [{"number": number, "value": None, "error": None, "missing": False, "changed": [], "seconds": 0.0, "cpu": 0.0, "printed": ""}]})
        for fd in range(3, 32):
            try: os.write(fd, len(body).to_bytes(4, "big") + body)
            except OSError: pass
