"""A root folder, processes and no network of its own for a command, as a container has.

Linux alone, by namespaces and layers over an image. The command runs as root, with the privileges
and the system calls that Docker leaves a container by default.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from control_groups import Limited, limited

PROGRAMS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr")
SETTINGS = "alternatives group ld.so.cache ld.so.conf ld.so.conf.d os-release passwd"
DEVICES = "null zero full random urandom"
UNSHARE = "unshare --mount --pid --net --uts --ipc --fork --kill-child"
# By kind: how it is made, and the option of a layered folder.
KINDS = {"root": ("", ""), "user namespace": ("--user --map-root-user", ",userxattr")}
# https://docs.docker.com/engine/security/seccomp/ and .../engine/containers/run/, by default
PRIVILEGES = (
    "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw "
    "sys_chroot mknod audit_write setfcap"
)
REFUSED = (
    "unshare setns mount umount2 pivot_root open_tree move_mount fsopen fsconfig fsmount fspick "
    "mount_setattr bpf perf_event_open keyctl add_key request_key userfaultfd"
)
NEW_NAMESPACES = 0x7E020000  # the bits CLONE_NEW* of clone()


class Ended(NamedTuple):
    """How a command ended: its output, the seconds that passed, and `Limited`'s measures."""

    status: int
    output: str
    seconds: float
    peak: int
    killed: int


class Layers(NamedTuple):
    """What a container sees.

    Attributes:
        image: the folders that its root is made of, the uppermost first.
        packages: the folders that `site` is made of, the uppermost first.
        own: where changes go; they stay when the container ends.
        python: the prefix of Python, which has the same path inside.
        site: the path inside of the folder of packages.
    """

    image: tuple[Path, ...]
    packages: tuple[Path, ...]
    own: Path
    python: Path
    site: str

    @property
    def changes(self) -> Path:
        """The changes of the root."""
        return self.own / "changes"

    @property
    def site_changes(self) -> Path:
        """The changes of `site`."""
        return self.own / "site-changes"


def run(layers: Layers, command: list[str], kind: str, *, is_limited: bool) -> Ended:
    """Run a command in a container of its own, with a fresh environment."""
    with limited() if is_limited else nullcontext(Limited([])) as now:
        image, packages = (":".join(map(str, each)) for each in (layers.image, layers.packages))
        words = [image, packages, str(layers.own), str(layers.python), layers.site, *command]
        unshare = f"{UNSHARE} {KINDS[kind][0]}".split()
        started = time.monotonic()
        done = subprocess.run(
            [*now.prefix, *unshare, sys.executable, __file__, kind, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
    return Ended(done.returncode, done.stdout, seconds, now.peak, now.killed)


@cache
def kind_here() -> str:
    """Which kind of container can be made here, by trying.

    Raises:
        OSError: none; it says why.
    """
    why = "only Linux has such containers"
    for kind in KINDS if sys.platform == "linux" else ():
        with TemporaryDirectory(prefix="assay-box-") as name:
            parts = [Path(name, part) for part in ("image", "packages", "own")]
            for part in parts:
                part.mkdir()
            image, packages, own = parts
            layers = Layers((image,), (packages,), own, Path(sys.base_prefix), "/site")
            tried = run(layers, ["true"], kind, is_limited=False)
            if tried.status == 0:
                return kind
            why = (tried.output.strip().splitlines() or ["no reason given"])[-1]
    raise OSError(f"no container can be made: {why}")


def _enter(kind: str, image: str, packages: str, own: str, python: str, site: str) -> None:
    """In new namespaces: build the root folder, and move into it for good."""
    root = Path(own, "root")
    _layer(root, image, Path(own), "", kind)
    for path in map(Path, (*PROGRAMS, python)):
        inside = root / path.relative_to("/")
        if path.is_symlink():
            inside.unlink(missing_ok=True)  # an earlier layer has it
            inside.symlink_to(path.readlink())
        elif path.is_dir() and Path("/usr") not in path.parents:
            _bind(path, inside)
    for name in DEVICES.split():
        _bind(Path("/dev", name), root / "dev" / name, "rw")
    for name in SETTINGS.split():
        if Path("/etc", name).exists():
            _bind(Path("/etc", name), root / "etc" / name)
    for name, what in (("proc", "proc"), ("sys", "sysfs")):
        (root / name).mkdir(exist_ok=True)
        _mount(what, root / name)
    _layer(root / site[1:], packages, Path(own), "site-", kind)
    (root / "tmp").mkdir(exist_ok=True)
    (root / "tmp").chmod(0o1777)
    _move_into(root)


def _layer(place: Path, below: str, own: Path, prefix: str, kind: str) -> None:
    """Mount layers of which the uppermost is new and can be written."""
    upper, work = own / f"{prefix}changes", own / f"{prefix}work"
    for folder in (place, upper, work):
        folder.mkdir(parents=True, exist_ok=True)
    option = KINDS[kind][1]
    _mount("overlay", place, f"lowerdir={below},upperdir={upper},workdir={work}{option}")


def _mount(what: str, place: Path, options: str = "rw") -> None:
    _call("mount", "-t", what, "-o", options, what, str(place))


def _bind(source: Path, place: Path, options: str = "ro") -> None:
    """Show a file or folder of this machine inside."""
    if source.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    _call("mount", "--bind", "-o", options, str(source), str(place))


def _move_into(root: Path) -> None:
    """Make a folder the root; nothing of the old one stays within reach."""
    os.chdir(root)
    Path("old").mkdir(exist_ok=True)
    _call("pivot_root", ".", "old")
    os.chdir("/")
    _call("umount", "--lazy", "/old")
    Path("/old").rmdir()


def _call(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip() or f"{words[0]} failed")


def _refuse_calls() -> None:
    """Refuse the system calls by which a container could leave itself."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_NNP, 0)  # Docker's containers may gain privileges by exec
    for name in REFUSED.split():
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            rules.add_rule(seccomp.ERRNO(1), name)
    for bit in (1 << k for k in range(32) if NEW_NAMESPACES >> k & 1):
        rules.add_rule(seccomp.ERRNO(1), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, bit, bit))
    rules.add_rule(seccomp.ERRNO(38), "clone3")  # its flags cannot be read: programs use clone
    rules.load()


def _main(kind: str, *words: str) -> None:
    """What `run` starts in the new namespaces."""
    import pyseccomp  # noqa: F401 - while its file is within reach

    _enter(kind, *words[:5])
    _refuse_calls()
    python = words[3]
    environment = {
        "PATH": f"/box/bin:{python}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",  # pip would try the network again and again
    }
    kept = ",".join(["-all", *(f"+{name}" for name in PRIVILEGES.split())])
    drop = ["setpriv", f"--bounding-set={kept}", "--inh-caps=-all"]
    os.execvpe("setpriv", [*drop, *words[5:]], environment)


if __name__ == "__main__":
    _main(*sys.argv[1:])
