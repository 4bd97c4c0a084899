# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what turns swap on at the next boot. Private to the collection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.memory import unescape

#: Type of a swap partition (UAPI group, "Discoverable Partitions Specification").
_SWAP_PARTITION = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"

#: The flag of a partition that systemd-gpt-auto-generator leaves alone (the same specification).
_NO_AUTO = 1 << 63

#: Where systemd looks for units that survive a boot, the first one that has a name wins
#: (systemd.unit(5)).
_UNITS = ("/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
          "/lib/systemd/system")  # fmt: skip

#: The same for generators and their settings (systemd.generator(7), zram-generator.conf(5)).
_GENERATORS = ("/etc/systemd/system-generators", "/usr/local/lib/systemd/system-generators",
               "/usr/lib/systemd/system-generators",
               "/lib/systemd/system-generators")  # fmt: skip
_ZRAM = ("/etc/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")

#: Services that make swap when they start: Debian's zram-tools, Ubuntu's zram-config, Raspberry Pi
#: OS' dphys-swapfile and rpi-swap, swapspace.
_SERVICES = frozenset({"zramswap.service", "zram-config.service", "dphys-swapfile.service",
                       "rpi-setup-loop@var-swap.service", "swapspace.service"})  # fmt: skip

#: What starts all swap at boot (systemd.special(7)).
_TARGET = "swap.target"

_OFF = ("0", "no", "false", "off", "n", "f")


def parse_fstab(text: str) -> list[str]:
    """Return what the lines of /etc/fstab swap to at boot (fstab(5)); noauto ones are left out."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 3 or words[0].startswith("#") or words[2] != "swap":
            continue
        if "noauto" not in (words[3].split(",") if len(words) > 3 else ()):
            found.append(unescape(words[0]))
    return found


def unit_name(what: str) -> str:
    """Return the name of the swap unit of a device or file as fstab(5) names it.

    systemd-escape(1) says how a path is written, systemd's src/shared/fstab-util.c where a label
    or a UUID is.
    """
    tag, equals, value = what.partition("=")
    if equals and tag in ("LABEL", "UUID", "PARTLABEL", "PARTUUID"):
        quoted = value.strip('"')
        what = f"/dev/disk/by-{tag.lower()}/{quoted}"
    path = re.sub(r"/+", "/", what).strip("/")
    escaped = "".join(
        "-" if sign == "/" else sign if re.match(r"[\w:.]", sign, re.ASCII) else
        "".join(f"\\x{byte:02x}" for byte in sign.encode())
        for sign in path
    )  # fmt: skip
    return f"{escaped}.swap"


def _switched_off(host: Host, name: str) -> bool:
    """Say whether a switch on the kernel's command line is off (systemd(1))."""
    values = re.findall(rf"(?:^|\s){re.escape(name)}=(\S+)", host.text("/proc/cmdline"))
    return bool(values) and values[-1].strip('"').lower() in _OFF


def _is_masked(host: Host, name: str) -> bool:
    return host.link(f"{_UNITS[0]}/{name}") == "null"


def _units(host: Host, off: bool) -> Iterator[str]:
    """Yield the units that make swap and that a target wants or requires.

    With *off* swap.target is none of these targets.
    """
    seen = set()
    for top in _UNITS:
        for folder in host.names(top):
            target, _dot, kind = folder.rpartition(".")
            if kind not in ("wants", "requires") or (off and target == _TARGET):
                continue
            for name in host.names(f"{top}/{folder}"):
                swap = name.endswith(".swap") or name in _SERVICES
                if swap and name not in seen and not _is_masked(host, name):
                    seen.add(name)
                    yield name


def _has_generator(host: Host, name: str) -> bool:
    """Say whether a generator runs at boot: a link to /dev/null masks one."""
    for folder in _GENERATORS:
        if name in host.names(folder):
            return host.link(f"{folder}/{name}") != "null"
    return False


def parse_zram(text: str) -> set[str]:
    """Return the devices that a zram-generator.conf swaps to; others have a file system."""
    found = set()
    for part in re.split(r"^\s*(?=\[)", text, flags=re.MULTILINE):
        match = re.match(r"\[(zram\d+)\]", part)
        if match and not re.search(r"^\s*(mount-point|fs-type)\s*=", part, re.MULTILINE):
            found.add(f"/dev/{match.group(1)}")
    return found


def _zram(host: Host) -> set[str]:
    if not _has_generator(host, "zram-generator"):
        return set()
    if _switched_off(host, "systemd.zram"):
        return set()
    texts = [
        next(
            (
                host.text(f"{folder}/zram-generator.conf")
                for folder in _ZRAM
                if "zram-generator.conf" in host.names(folder)
            ),
            "",
        )
    ]
    for folder in _ZRAM:
        drop_ins = f"{folder}/zram-generator.conf.d"
        texts += [host.text(f"{drop_ins}/{name}") for name in host.names(drop_ins)]
    return set().union(*map(parse_zram, texts))


def _flags(value: Any) -> int:
    try:
        return int(str(value or "0"), 16)
    except ValueError:
        return 0


def _below(device: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield device
    for child in device.get("children") or ():
        yield from _below(child)


def parse_partitions(text: str) -> list[str]:
    """Return the swap partitions that are found by their type, from ``lsblk --json``.

    systemd-gpt-auto-generator(8) looks at the disk of the root file system alone.
    """
    try:
        disks = json.loads(text)["blockdevices"]
        return [
            str(part.get("path") or part["name"])
            for disk in disks
            if any(device.get("mountpoint") == "/" for device in _below(disk))
            for part in _below(disk)
            if str(part.get("parttype") or "").lower() == _SWAP_PARTITION
            and not _flags(part.get("partflags")) & _NO_AUTO
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _partitions(host: Host) -> list[str]:
    if not _has_generator(host, "systemd-gpt-auto-generator"):
        return []
    if _switched_off(host, "systemd.gpt_auto") or _switched_off(host, "rd.systemd.gpt_auto"):
        return []
    columns = "NAME,PATH,PARTTYPE,PARTFLAGS,MOUNTPOINT"
    return parse_partitions(host.run(["lsblk", "--json", "--output", columns]).stdout)


def read(host: Host) -> list[dict[str, str]]:
    """Return what turns swap on at the next boot, each with by, what and unit.

    ``by`` is fstab, unit, partition or zram; ``what`` a device, a file or a unit, ``unit`` the
    unit of systemd to mask. With systemd.swap=0 on the kernel's command line, or swap.target
    masked, nothing is made of fstab and of partitions.
    """
    masked = _is_masked(host, _TARGET)
    off = masked or _switched_off(host, "systemd.swap")
    fstab = host.text("/etc/fstab")
    found = [("fstab", what, unit_name(what)) for what in parse_fstab(fstab) if not off]
    found += [("unit", name, name) for name in _units(host, masked)]
    # A line of fstab, also one with noauto, keeps the generator from looking for partitions
    # (systemd, src/gpt-auto-generator/gpt-auto-generator.c, add_partition_swap).
    lines = [line.split() for line in fstab.splitlines() if not line.lstrip().startswith("#")]
    if not off and not any(len(words) > 2 and words[2] == "swap" for words in lines):
        found += [("partition", device, unit_name(device)) for device in _partitions(host)]
    if not masked:
        found += [("zram", device, unit_name(device)) for device in sorted(_zram(host))]
    return [
        {"by": by, "what": what, "unit": unit}
        for by, what, unit in found
        if not _is_masked(host, unit)
    ]
