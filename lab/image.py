# SPDX-License-Identifier: GPL-3.0-or-later
"""The base image that every machine's disk starts from: Debian 13 with its cloud kernel.

It holds what an installed Debian server has, and nothing of what the collection brings.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab.commands import run, say

SUITE = "trixie"
SIZE = "3G"
PACKAGES = (
    "ca-certificates", "dbus", "e2fsprogs", "initramfs-tools", "iproute2", "iputils-ping", "kmod",
    "linux-image-cloud-amd64", "openssh-server", "procps", "python3", "python3-apt",
    "python3-debian", "systemd", "systemd-sysv", "udev", "zstd",
)  # fmt: skip

# Before the kernel is installed, because its installation makes the initial RAM disk. A short list
# of modules keeps that small: under emulation its unpacking is a good part of the boot.
ESSENTIAL_HOOK = """\
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
printf 'MODULES=list\\nCOMPRESS=zstd\\n' > "$1/etc/initramfs-tools/conf.d/lab"
printf '%s\\n' virtio_pci virtio_blk ext4 > "$1/usr/share/initramfs-tools/modules.d/lab"
"""

# What makes a machine itself (host name, keys, addresses) is removed: lab/identity.py hands it in.
CUSTOMIZE_HOOK = """\
set -eu
cd "$1"
rm -rf etc/apt/sources.list etc/apt/sources.list.d/* var/lib/apt/lists/* var/cache/apt/*.bin
rm -f etc/hostname etc/hosts etc/resolv.conf etc/ssh/ssh_host_* var/lib/dbus/machine-id
: > etc/machine-id
echo '/dev/vda / ext4 noatime,x-systemd.growfs 0 0' > etc/fstab
# One handshake takes seconds under emulation, and all of them come from the same address.
cat > etc/ssh/sshd_config.d/lab.conf <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
GSSAPIAuthentication no
LoginGraceTime 300
MaxSessions 100
MaxStartups 100
PasswordAuthentication no
PerSourcePenalties no
END
chroot . systemctl --quiet enable systemd-networkd.service ssh.service
chroot . systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \\
  e2scrub_all.timer e2scrub_reap.service fstrim.timer getty@tty1.service \\
  serial-getty@ttyS0.service systemd-firstboot.service
"""

OPTIONS = (
    "--quiet",
    "--mode=root",
    "--variant=minbase",
    "--components=main",
    "--include=" + ",".join(PACKAGES),
    "--aptopt=Acquire::Languages \"none\"",
    "--dpkgopt=force-unsafe-io",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
)


@dataclass(frozen=True)
class Image:
    """The files of a base image."""

    directory: Path

    @property
    def disk(self) -> Path:
        return self.directory / "root.img"

    @property
    def kernel(self) -> Path:
        return self.directory / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.directory / "initrd.img"


def find(images: Path) -> Image:
    """Name the image by what goes into it, so that a change of the recipe makes a new one."""
    recipe = "\0".join((SUITE, SIZE, ESSENTIAL_HOOK, CUSTOMIZE_HOOK, *OPTIONS))
    return Image(images / hashlib.sha256(recipe.encode()).hexdigest()[:16])


def is_built(image: Image) -> bool:
    return image.directory.is_dir()


def bootstrap_command(root: Path) -> list[str]:
    """No mirror is named: mmdebstrap takes Debian's own."""
    return [
        "mmdebstrap", *OPTIONS,
        f"--essential-hook=sh -c {shlex.quote(ESSENTIAL_HOOK)} hook \"$1\"",
        f"--customize-hook=sh -c {shlex.quote(CUSTOMIZE_HOOK)} hook \"$1\"",
        SUITE, str(root),
    ]  # fmt: skip


def build(image: Image) -> None:
    """Build beside the final place and move there at the end: a broken build leaves no image."""
    say("Building the base image (about a minute)")
    work = image.directory.with_suffix(".building")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    root = work / "root"
    try:
        run(bootstrap_command(root), timeout=1800)
        made = Image(work)
        for start, target in (("vmlinuz-", made.kernel), ("initrd.img-", made.initrd)):
            (source,) = (root / "boot").glob(start + "*")
            shutil.copyfile(source, target)
        # From a directory, because this needs neither loop devices nor a newer mke2fs.
        run(["mkfs.ext4", "-q", "-L", "root", "-d", str(root), str(made.disk), SIZE])
        shutil.rmtree(root)
        os.rename(work, image.directory)
    finally:
        shutil.rmtree(work, ignore_errors=True)
