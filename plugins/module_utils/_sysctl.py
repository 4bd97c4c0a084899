# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of single sysctl keys. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _conntrack, _ports
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

IP_FORWARD = "net.ipv4.ip_forward"
RESERVED_PORTS = "net.ipv4.ip_local_reserved_ports"
ALLOWED_CONGESTION = "net.ipv4.tcp_allowed_congestion_control"
BUCKETS = "net.netfilter.nf_conntrack_buckets"
CONNTRACK_MAX = "net.netfilter.nf_conntrack_max"

#: Limits that a profile may raise only. Newer kernels ship larger values than older guides
#: recommend.
RAISE_ONLY = frozenset(
    {
        "fs.aio-max-nr",
        "fs.file-max",
        "fs.inotify.max_queued_events",
        "fs.inotify.max_user_instances",
        "fs.inotify.max_user_watches",
        "fs.nr_open",
        "kernel.pid_max",
        "kernel.threads-max",
        "net.core.netdev_max_backlog",
        "net.core.optmem_max",
        "net.core.rmem_default",
        "net.core.rmem_max",
        "net.core.somaxconn",
        "net.core.wmem_default",
        "net.core.wmem_max",
        "net.ipv4.neigh.default.gc_thresh1",
        "net.ipv4.neigh.default.gc_thresh2",
        "net.ipv4.neigh.default.gc_thresh3",
        "net.ipv4.tcp_max_orphans",
        "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv6.neigh.default.gc_thresh1",
        "net.ipv6.neigh.default.gc_thresh2",
        "net.ipv6.neigh.default.gc_thresh3",
        "net.netfilter.nf_conntrack_buckets",
        "net.netfilter.nf_conntrack_max",
        "vm.max_map_count",
    }
)

#: Keys whose new value depends on the one that the host has by itself.
ADDED_TO = RAISE_ONLY | {RESERVED_PORTS, ALLOWED_CONGESTION}

#: Keys that a kernel may lack because of how it was built; a host without them has nothing to
#: switch off. kernel.numa_balancing needs CONFIG_NUMA_BALANCING, kernel.nmi_watchdog a hardware
#: counter that guests seldom have (Documentation/admin-guide/sysctl/kernel.rst).
OPTIONAL = frozenset({"kernel.nmi_watchdog", "kernel.numa_balancing"})

#: The module that brings a key into being, by the beginning of the key.
_MODULE_OF = (
    ("net.netfilter.nf_conntrack", "nf_conntrack"),
    ("net.nf_conntrack", "nf_conntrack"),
    ("net.ipv4.vs.", "ip_vs"),
    ("net.bridge.", "br_netfilter"),
)

#: Keys of single interfaces have five parts: net.ipv4.conf.eth0.rp_filter
#: (Documentation/networking/ip-sysctl.rst and mpls-sysctl.rst).
_OF_INTERFACE = re.compile(r"net\.(ipv4|ipv6|mpls)\.(conf|neigh)\.")

_SEGMENT = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_/@:-]*$")


def normalise_key(key: Any) -> str:
    """Return *key* with dots between its parts, as sysctl(8) prints it.

    sysctl.d(5): where the first separator is a slash, dots are literal
    ("net/ipv4/conf/eth0.100/rp_filter"); where it is a dot, a slash stands for a literal dot.
    Raises BadValue for what is no key, and where an interface's name has dots that would be read as
    separators: no kernel has such a key, and sysctl(8) only warns of it.
    """
    if not isinstance(key, str):
        raise BadValue(f"a sysctl key must be a string, got {key!r}", key)
    name = str(key)
    separator = re.search(r"[./]", name)
    if separator and separator.group() == "/":
        name = name.translate(str.maketrans("./", "/."))
    segments = name.split(".")
    if len(segments) < 2 or not all(_SEGMENT.match(segment) for segment in segments):
        raise BadValue(f"{key!r} is no sysctl key such as net.ipv4.ip_forward", key)
    _refuse_dots(segments, key)
    return name


def _refuse_dots(segments: Sequence[str], key: str) -> None:
    """Raise BadValue where there are more parts than a key of an interface has."""
    if not _OF_INTERFACE.match(".".join(segments)) or len(segments) <= 5:
        return
    *folder, setting = segments
    interface = ".".join(folder[3:]).replace("/", ".")
    raise BadValue(
        f"{key!r} has the interface {interface}, whose dots are read as separators",
        key,
        fix=f"Write {'/'.join([*folder[:3], interface, setting])}.",
    )


def relative_path(key: str) -> str:
    """Return the path of *key* below /proc/sys."""
    return normalise_key(key).translate(str.maketrans("./", "/."))


def module_of(key: str) -> str | None:
    """Return the kernel module that *key* appears with, or None where that is not known."""
    return next((module for start, module in _MODULE_OF if key.startswith(start)), None)


def module_of_value(key: str, value: str) -> str | None:
    """Return the kernel module that gives *key* the choice of *value*, or None."""
    prefix = {"net.core.default_qdisc": "sch_", "net.ipv4.tcp_congestion_control": "tcp_"}.get(key)
    return f"{prefix}{value}" if prefix else None


def normalise_value(key: str, value: Any) -> str:
    """Return *value* the way the kernel prints it: single spaces, port lists merged.

    A boolean is refused: YAML reads "on" and "yes" as true, and the kernel knows numbers only.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise BadValue(
            f"{key} must be a number or a string, got {value!r}; write 0 or 1 for a switch", value
        )
    if key == RESERVED_PORTS:
        return _ports.render(_ports.merge(_ports.parse_list(value, key)))
    words = str(value).split()
    if not words:
        raise BadValue(f"{key} must not be empty", value)
    # The kernel prints this set in the order of its own list.
    return " ".join(sorted(set(words)) if key == ALLOWED_CONGESTION else words)


def raised(key: str, wanted: str, running: str) -> str:
    """Return the value that a host is to have for *key*. Both values must be normalised.

    A raise-only key gets the larger value, field by field. Reserved ports and allowed congestion
    controls are added to what the host has. Any other key gets *wanted*.
    """
    if key == RESERVED_PORTS:
        return _ports.render(
            _ports.merge(_ports.parse_list(wanted, key), _ports.parse_list(running, key))
        )
    if key == ALLOWED_CONGESTION:
        return normalise_value(key, f"{wanted} {running}")
    if key not in RAISE_ONLY:
        return wanted
    if not _comparable(wanted, running):
        return wanted
    pairs = zip(wanted.split(), running.split(), strict=True)
    return " ".join(str(max(int(a), int(b))) for a, b in pairs)


def _comparable(first: str, second: str) -> bool:
    numbers = first.split() + second.split()
    return len(numbers) == 2 * len(second.split()) and all(word.isdigit() for word in numbers)


def joined(key: str, other: str, running: str | None) -> str:
    """Return what a host has of *key* with what another file says, which may be written oddly."""
    if not running:
        return other
    if key in RAISE_ONLY and not _comparable(other, running):
        return running
    return raised(key, other, running)


def own(key: str, running: str, before: str, written: str) -> str:
    """Return what a host has by itself of a key that it was given *written* instead of *before*.

    Of a set of ports or names, that is what runs without what was added to it. Else somebody has
    changed the key since, or nobody has.
    """
    if running == written:
        return before
    if key == RESERVED_PORTS:
        added = _ports.without(_ports.parse_list(written, key), _ports.parse_list(before, key))
        return _ports.render(_ports.without(_ports.parse_list(running, key), added))
    if key == ALLOWED_CONGESTION:
        added_names = set(written.split()) - set(before.split())
        return " ".join(sorted(set(running.split()) - added_names))
    return running


def satisfies(key: str, wanted: str, value: str) -> bool:
    """Say whether a file that gives *key* this *value* gives it at least what is *wanted*."""
    more = key in ADDED_TO and value != "" and raised(key, wanted, value) == value
    return more or holds(key, wanted, value)


def holds(key: str, wanted: str, running: str) -> bool:
    """Say whether *running* is what the kernel makes of *wanted*."""
    return wanted == running or (key == BUCKETS and _conntrack.rounded(wanted, running))
