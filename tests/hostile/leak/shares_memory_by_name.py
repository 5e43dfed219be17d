"""Makes a block of memory that other processes can open.

kind: leak
"""

from right_answers import *

from multiprocessing import shared_memory

try:
    block = shared_memory.SharedMemory(name="assay-planted", create=True, size=8)
    block.close()
    block.unlink()
except OSError:
    pass
else:
    raise RuntimeError("leaked: shared memory")
