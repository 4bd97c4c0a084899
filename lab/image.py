# SPDX-License-Identifier: GPL-3.0-or-later
"""The base image that every machine's disk starts from: Debian 13 with its cloud kernel.

It holds what an installed Debian server has, and nothing of what the collection brings. Only the
Python of the lab's machines keeps more than a server's does (lab/guest).
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
    "ca-certificates", "dbus", "e2fsprogs", "iproute2", "iputils-ping", "kmod",
    "linux-image-cloud-amd64", "openssh-server", "procps", "python3", "python3-apt",
    "python3-debian", "systemd", "systemd-sysv", "udev",
)  # fmt: skip

# What Python compiles of Ansible's modules is kept on the machines: lab_bytecode.py says why.
GUEST_FILES = sorted((Path(__file__).parent / "guest").glob("lab_bytecode.*"))
GUEST_FOLDER = "/usr/lib/python3/dist-packages"

# What makes a machine itself (host name, keys, addresses) is removed: lab/identity.py hands it in.
CUSTOMIZE_HOOK = """\
set -eu
cd "$1"
rm -rf etc/apt/sources.list etc/apt/sources.list.d/* var/lib/apt/lists/* var/cache/apt/*.bin
rm -f etc/hostname etc/hosts etc/resolv.conf etc/ssh/ssh_host_* var/lib/dbus/machine-id
: > etc/machine-id
echo LANG=C.UTF-8 > etc/default/locale
echo '/dev/nvme0n1 / ext4 noatime,x-systemd.growfs 0 0' > etc/fstab
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
# Nothing was updated since, which spares each first boot some rebuilding of caches.
touch etc/.updated var/.updated
"""

OPTIONS = (
    "--quiet",
    "--mode=root",
    "--variant=minbase",
    "--components=main",
    "--include=" + ",".join(PACKAGES),
    '--aptopt=Acquire::Languages "none"',
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


def find(images: Path) -> Image:
    """Name the image by what goes into it, so that a change of the recipe makes a new one."""
    files = [path.read_text() for path in GUEST_FILES]
    recipe = "\0".join((SUITE, SIZE, CUSTOMIZE_HOOK, GUEST_FOLDER, *files, *OPTIONS))
    return Image(images / hashlib.sha256(recipe.encode()).hexdigest()[:16])


def is_built(image: Image) -> bool:
    return image.directory.is_dir()


def bootstrap_command(root: Path) -> list[str]:
    """No mirror is named: mmdebstrap takes Debian's own.

    No initial RAM disk is made either. The cloud kernel has NVMe and ext4 built in, and under
    emulation an initial RAM disk costs a good part of the boot.
    """
    return [
        "env", "INITRD=No", "mmdebstrap", *OPTIONS,
        f"--customize-hook={shlex.join(['copy-in', *map(str, GUEST_FILES), GUEST_FOLDER])}",
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
        (kernel,) = (root / "boot").glob("vmlinuz-*")
        shutil.copyfile(kernel, made.kernel)
        # From a directory, because this needs neither loop devices nor a newer mke2fs.
        run(["mkfs.ext4", "-q", "-L", "root", "-d", str(root), str(made.disk), SIZE])
        shutil.rmtree(root)
        os.rename(work, image.directory)
    finally:
        shutil.rmtree(work, ignore_errors=True)
