"""Leaves a thread behind that writes frames for ever.

kind: forge
"""

from wrong_answers import *

import os, threading, time
def work():
    while True:
        for fd in range(3, 32):
            try: os.write(fd, b"\0\0\0\1\xc0")
            except OSError: pass
        time.sleep(0.01)
threading.Thread(target=work, daemon=True).start()
