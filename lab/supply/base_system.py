"""The Debian system that images with shell tools stand on, and what one adds, as tar archives."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from .cache import cached, content_key
from .difference import write_difference

# What kube-proxy, Calico and the verification's test pods call; nothing of it
# is started by itself.
PACKAGES = (
    "bash",
    "ca-certificates",
    "catatonit",
    "conntrack",
    "curl",
    "ipset",
    "iproute2",
    "iptables",
    "iputils-ping",
    "kmod",
    "libreadline8t64",
    "nftables",
    "procps",
    "runit",
)

# What Cilium's agent and the shell lines of its chart call beyond that. clang compiles to bytecode:
# nothing is linked, and no header but the agent's own is read. What Debian packs with it for other
# uses would double the layer's 240 MB.
CILIUM = ("bpftool", "clang", "mount")
UNWANTED_OF_CILIUM = (
    "/usr/bin/*-linux-gnu-*",
    "/usr/bin/gprofng*",
    "/usr/include/*",
    "/usr/lib/gcc/*",
    "/usr/lib/llvm-*/include/*",
    "/usr/lib/llvm-*/lib/LLVM*.so",
    "/usr/lib/llvm-*/lib/clang/*",
    "/usr/lib/llvm-*/lib/*.a",
    "/usr/lib/x86_64-linux-gnu/*.a",
    "/usr/lib/x86_64-linux-gnu/*gprofng*",
    "/usr/lib/x86_64-linux-gnu/lib*san.so.*",
    "/usr/lib/x86_64-linux-gnu/libclang-[0-9]*",
    "/usr/lib/x86_64-linux-gnu/libobjc*",
)

UNWANTED = (
    "/usr/share/doc/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/man/*",
    "/usr/share/perl/*",
    "/usr/lib/x86_64-linux-gnu/perl/*",
    "/usr/share/lintian/*",
    "/var/cache/apt/*",
    "/var/lib/apt/lists/*",
)

# Calico drives BIRD 1.6, which Debian last carried in 11. Only its files are
# taken: the package's service and user have no place in an image.
FETCH_BIRD = Path(__file__).with_name("fetch-bird")

# An alternative that points at the nf_tables backend is what Debian chooses;
# /etc/service is Calico's own, so runit's is removed.
TIDY = 'rm -rf "$1"/etc/service "$1"/etc/apt/sources.list "$1"/var/log/*'


def base_system() -> Path:
    """Return the archive of the base system, made now if it is not there."""
    key = content_key([*PACKAGES, *UNWANTED, FETCH_BIRD, TIDY])
    hooks = (f'{FETCH_BIRD} "$1"', TIDY)

    def make(made: Path) -> None:
        _bootstrap(made / "base.tar", PACKAGES, UNWANTED, hooks)

    return cached("base-system", key, make) / "base.tar"


def cilium_tools() -> Path:
    """Return the archive of what the tools of Cilium's agent add to the base system.

    Both stay separate layers, so that a node that has the base need not take it again.
    """
    base = base_system()
    packages, unwanted = (*PACKAGES, *CILIUM), (*UNWANTED, *UNWANTED_OF_CILIUM)
    difference = Path(__file__).with_name("difference.py")
    key = content_key([base.parent.name, *packages, *unwanted, TIDY, difference])

    def make(made: Path) -> None:
        whole = made / "whole.tar"
        _bootstrap(whole, packages, unwanted, (TIDY,))
        write_difference(whole, base, made / "added.tar")
        whole.unlink()

    return cached("cilium-tools", key, make) / "added.tar"


def _bootstrap(
    archive: Path, packages: Sequence[str], unwanted: Sequence[str], hooks: Sequence[str]
) -> None:
    subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=essential",
            "--format=tar",
            f"--include={','.join(packages)}",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in unwanted),
            *(f"--customize-hook={hook}" for hook in hooks),
            "trixie",
            str(archive),
        ],
        check=True,
    )
