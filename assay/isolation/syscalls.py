"""The system calls that student code may make; calls not named here do not exist for it.

An unknown call fails with ENOSYS, after which C libraries fall back to an older call, as they do on
an older kernel. A call in `REFUSED`, which a program may well try, fails with EPERM, so that the
error says what is wrong. libseccomp resolves the names, so the list is valid on every architecture.
"""

from __future__ import annotations

import errno
import os
import struct
import tempfile
from types import ModuleType
from typing import Protocol

from assay.isolation import kernel
from assay.isolation.kernel import CLONE_THREAD

MEMORY = "brk mmap mmap2 munmap mprotect mremap madvise mincore msync membarrier mlock munlock"
FILES = """
    read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2
    open openat openat2 creat close close_range lseek _llseek dup dup2 dup3 flock umask
    stat lstat fstat stat64 lstat64 fstat64 newfstatat fstatat64 statx
    access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 symlink symlinkat
    truncate ftruncate truncate64 ftruncate64 fallocate fsync fdatasync fadvise64
    copy_file_range sendfile sendfile64 statfs fstatfs statfs64 fstatfs64
    pipe pipe2 poll ppoll select _newselect pselect6 eventfd2
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
"""
PAIRS = "recvfrom recv send shutdown getsockopt getsockname getpeername"  # of a socketpair
ITSELF = """
    exit exit_group getpid getppid gettid getpgrp getpgid getsid getuid geteuid getgid getegid
    getresuid getresgid getgroups setrlimit getrlimit ugetrlimit getrusage times uname sysinfo
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getpriority getcpu set_tid_address set_robust_list rseq futex
    futex_waitv wait4 waitid arch_prctl getrandom capget restart_syscall
"""
TIME = """
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time alarm pause
    setitimer getitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    timerfd_create timerfd_settime timerfd_gettime
"""
SIGNALS = """
    rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigreturn
    sigaltstack sigreturn
"""
REFUSED = """
    socket connect bind listen accept accept4 sendmsg sendmmsg recvmsg fork vfork execve execveat
    ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd unshare setns mount umount2
    pivot_root chroot keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup
    memfd_create memfd_secret shmget shmat msgget semget mq_open link linkat mknod mknodat
    chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat
    setxattr lsetxattr fsetxattr setpriority sched_setscheduler sched_setattr sched_setaffinity
    setuid setgid setreuid setregid setresuid setresgid setgroups setsid setpgid personality
    tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal inotify_init inotify_init1
    inotify_add_watch fanotify_init name_to_handle_at open_by_handle_at
"""

_NO_PID = 0x5A5A5A5A  # above every process id: replaced by that of the confined process
_ITSELF = struct.pack("=I", _NO_PID)
_INT = 0xFFFFFFFF  # the upper half of a register that holds a C int is undefined
_SOCK_STREAM, _TYPE_MASK = 1, 0xF  # a datagram pair could send to any named socket
# By call: the position of the deciding argument, and its allowed values.
COMMANDS = {
    "ioctl": (1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # is it a terminal; FIO*
    # Duplicates, flags and locks; not F_SETOWN and F_SETSIG, with which a pipe signals others.
    "fcntl": (1, (0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 36, 37, 38, 1030, 1031, 1032)),
    "fcntl64": (1, (0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 36, 37, 38, 1030, 1031, 1032)),
    "prctl": (0, (15, 16, 0x53564D41)),  # names of threads and of memory
}


class Filter(Protocol):
    """A filter of libseccomp's."""

    def add_rule(self, action: int, syscall: str | int, *conditions: object) -> None:
        """Decide about a call, under all the conditions on its arguments."""


def program() -> bytes:
    """The list as a BPF program; `restrict` fills in the process that it applies to.

    Raises:
        OSError, RuntimeError, ImportError: libseccomp is missing or fails.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    for names in (MEMORY, FILES, PAIRS, ITSELF, TIME, SIGNALS):
        _each(seccomp, rules, names, seccomp.ALLOW)
    _each(seccomp, rules, REFUSED, seccomp.ERRNO(errno.EPERM))
    _allow_in_part(seccomp, rules)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def restrict(compiled: bytes) -> None:
    """Restrict the calling process, and all its future threads, to the list.

    Raises:
        OSError: the kernel does not allow it.
    """
    kernel.filter_calls(compiled.replace(_ITSELF, struct.pack("=I", os.getpid())))


def _each(seccomp: ModuleType, rules: Filter, names: str, action: int) -> None:
    for name in names.split():
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number != -1:  # -1: this libseccomp does not know it, so it fails with ENOSYS
            rules.add_rule(action, number)


def _allow_in_part(seccomp: ModuleType, rules: Filter) -> None:
    """Allow calls that are harmless with some arguments only."""

    def allow(name: str, position: int, value: int, mask: int = _INT) -> None:
        condition = seccomp.Arg(position, seccomp.MASKED_EQ, mask, value)
        rules.add_rule(seccomp.ALLOW, name, condition)

    allow("clone", 0, CLONE_THREAD, mask=CLONE_THREAD)
    allow("socketpair", 1, _SOCK_STREAM, mask=_TYPE_MASK)
    allow("sendto", 4, 0, mask=2**64 - 1)  # to the other end of the pair, not to an address
    for whom in (0, _NO_PID):
        allow("prlimit64", 0, whom)
    for name, (position, values) in COMMANDS.items():
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            for value in values:
                allow(name, position, value)
    refused = seccomp.ERRNO(errno.EPERM)
    rules.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    for name in ("kill", "tgkill"):
        rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, _NO_PID))
        rules.add_rule(refused, name, seccomp.Arg(0, seccomp.NE, _NO_PID))
