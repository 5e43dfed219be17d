"""Linux system calls for which Python has no function; each raises OSError if it fails."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from functools import cache

# linux/sched.h
CLONE_THREAD = 0x00010000
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# linux/mount.h
MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x2, 0x4, 0x8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 0x2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 0x1, 0x2, 0x4, 0x8
_MOUNT_SETATTR = 442  # one number on every architecture; glibc names it since 2.36 only
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000

# linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 1, 4, 8
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2  # linux/seccomp.h

# linux/capability.h
_CAPABILITY_VERSION_3 = 0x20080522
CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 1 << 0, 1 << 2, 1 << 6, 1 << 7


def die_with_parent() -> None:
    """Have this process killed as soon as the thread that started it ends."""
    if sys.platform == "linux":
        _call("prctl", _PR_SET_PDEATHSIG, 9, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that they can be stopped."""
    _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def gain_nothing() -> None:
    """Never gain a privilege by executing a file."""
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def keep_capabilities(kept: int = 0) -> None:
    """Give up every capability except those in the mask."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    # Effective, permitted and inheritable: the lower 32 capabilities, then the upper.
    _call("capset", header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def capabilities() -> int:
    """The mask of this process's effective capabilities."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    data = ctypes.create_string_buffer(24)
    _call("capget", header, data)
    low, _, _, high, _, _ = struct.unpack("=6I", data.raw)
    return int(low | high << 32)


def become(user: int, kept: int = 0) -> None:
    """Give up a superuser's privileges for good, except the capabilities in the mask."""
    _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    keep_capabilities(kept)
    # The change made the superuser the owner of this process's files in /proc: undo that.
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def filter_calls(program: bytes) -> None:
    """Filter the system calls of this process by a BPF program; call `gain_nothing` first."""
    kept = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of 8-byte instructions, and their address.
    address = struct.pack("@HP", len(program) // 8, ctypes.addressof(kept))
    _call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, address, 0, 0)


def unshare(flags: int) -> None:
    """Move from the namespaces that the flags name into new ones."""
    _call("unshare", flags)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    _call(
        "mount",
        *(text.encode() or None for text in (source, target, kind)),
        flags,
        options.encode() or None,
    )


def restrict_mount(target: str, attributes: int, *, recursive: bool = True) -> None:
    """Add attributes to a mount and to those below it, besides those it has (Linux 5.12)."""
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _call("syscall", _MOUNT_SETATTR, _AT_FDCWD, target.encode(), flags, wanted, len(wanted))


def change_root(target: str) -> None:
    """Make a mount the root of this mount namespace; the old root is unmounted."""
    os.chdir(target)
    # This stacks the old root on the new one: pivot_root(2), "pivot_root(".", ".")".
    _call("pivot_root", b".", b".")
    _call("umount2", b".", MNT_DETACH)
    os.chdir("/")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> None:
    function = getattr(_libc(), name, None)
    if function is None:
        raise OSError(f"{name}: this C library does not have it")
    # Each argument fills a whole register, whether or not the function is variadic.
    widened = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    if function(*widened) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
