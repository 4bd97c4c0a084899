"""The Debian system that images with shell tools stand on, as one tar archive."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .cache import cached, content_key

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
    return cached("base-system", key, _build) / "base.tar"


def _build(made: Path) -> None:
    subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=essential",
            "--format=tar",
            f"--include={','.join(PACKAGES)}",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in UNWANTED),
            f'--customize-hook={FETCH_BIRD} "$1"',
            f"--customize-hook={TIDY}",
            "trixie",
            str(made / "base.tar"),
        ],
        check=True,
    )
