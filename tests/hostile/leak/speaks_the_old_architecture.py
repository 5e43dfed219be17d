"""Makes a call by the number that it has on 32 bits, where no filter may look.

kind: leak
outcome: died raised
"""

from right_answers import *

import ctypes
import mmap
import platform

# mov eax, 20 (getpid of i386); int 0x80; ret
code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])

def cross():
    area = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(area)))
    return call()


def project(y, a):
    if platform.machine() == "x86_64" and cross() > 0:
        raise RuntimeError("leaked: the other architecture")
    raise OSError("held")
