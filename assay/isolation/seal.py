"""Gives a zygote and all its children namespaces and a root of their own.

It calls the kernel directly: bubblewrap would do the same, but it is not installed everywhere, does
not drop a superuser's privileges, and would be one more process to stop.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from assay.isolation import kernel, scratch
from assay.isolation.ground import DEVICES, NOBODY, Ground

SPACES = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
PLAIN = kernel.MS_NOSUID | kernel.MS_NODEV


def enter(ground: Ground) -> None:
    """Move into new namespaces with a new root; the caller continues there as process 1.

    The original process stays outside, waits, and ends with the status of the one inside.

    Raises:
        OSError: the kernel does not allow it.
    """
    superuser = ground.is_superuser()
    user, group = os.getuid(), os.getgid()  # in a new namespace they are unknown until mapped
    kernel.unshare(kernel.CLONE_NEWPID | (0 if superuser else kernel.CLONE_NEWUSER))
    if not superuser:
        ground.look_at_itself()
        _map(ground, user, group)
    _continue_as_first_process(ground)
    kernel.unshare(SPACES)
    ground.look_at_itself()
    socket.sethostname("student")
    _lay_out_root(ground)
    if superuser:
        kernel.become(NOBODY)
        kernel.unshare(kernel.CLONE_NEWUSER)
        _map(ground, NOBODY, NOBODY)
    kernel.keep_capabilities()
    kernel.gain_nothing()
    kernel.die_with_parent()  # last: a change of privileges resets it


def _map(ground: Ground, user: int, group: int) -> None:
    """Keep the same user and group in the new user namespace."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        file = ground.open_own(name, os.O_WRONLY)
        os.write(file, text.encode())
        os.close(file)


def _continue_as_first_process(ground: Ground) -> None:
    pid = os.fork()
    if pid:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        ground.leave()
        os._exit(code if code >= 0 else 128 - code)


def _lay_out_root(ground: Ground) -> None:
    root = str(ground.scratch)
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", root, "tmpfs", PLAIN, "size=1m,mode=755")
    for path in ground.readable():
        _show(path, root, kernel.ATTR_RDONLY | kernel.ATTR_NOSUID | kernel.ATTR_NODEV)
    for name in DEVICES:
        _show(Path(name), root, kernel.ATTR_NOSUID | kernel.ATTR_NOEXEC)
    ground.homes = Path("/homes")
    Path(f"{root}/homes").mkdir()
    room = f"size={scratch.ROOM},nr_inodes={scratch.ENTRIES},mode=1777"
    kernel.mount("tmpfs", f"{root}/homes", "tmpfs", PLAIN | kernel.MS_NOEXEC, room)
    kernel.change_root(root)
    kernel.restrict_mount("/", kernel.ATTR_RDONLY, recursive=False)


def _show(path: Path, root: str, attributes: int) -> None:
    """Mount a path of the old root in the new one, with restrictions."""
    target = Path(f"{root}{path}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        target.mkdir()
    else:
        target.touch()
    kernel.mount(str(path), str(target), flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.restrict_mount(str(target), attributes)
