# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of fields of KubeProxyConfiguration. Private to the collection.

Source: kubernetes 1.36, pkg/proxy/apis/config/validation/validation.go, and
pkg/proxy/apis/config/v1alpha1/defaults.go, which adds ports to addresses without one;
k8s.io/component-base logs/api/v1 for logging.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netaddr import AddrFormatError, IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils import _service_proxy as proxy
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import (
    Unreadable,
    nearest,
    number_fix,
    shown,
    with_unit,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

_HOST_PORT = re.compile(r"(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})", re.ASCII)

_DURATIONS = frozenset(
    {
        "configSyncPeriod",
        *(
            f"conntrack.{name}"
            for name in (
                "tcpEstablishedTimeout",
                "tcpCloseWaitTimeout",
                "udpTimeout",
                "udpStreamTimeout",
            )
        ),
        *(f"ipvs.{name}" for name in ("tcpTimeout", "tcpFinTimeout", "udpTimeout")),
        *(
            f"{mode}.{name}"
            for mode in ("iptables", "ipvs", "nftables")
            for name in ("syncPeriod", "minSyncPeriod")
        ),
    }
)
#: Whole numbers, and what kube-proxy allows. int32 bounds what it leaves open.
_NUMBERS = {
    "clientConnection.burst": (0, 2**31 - 1),
    "conntrack.maxPerCore": (0, 2**31 - 1),
    "conntrack.min": (0, 2**31 - 1),
    "iptables.masqueradeBit": (0, 31),
    "logging.verbosity": (0, 2**31 - 1),
    "nftables.masqueradeBit": (0, 31),
    "oomScoreAdj": (-1000, 1000),
}
#: A number that need not be whole.
_FRACTIONS = frozenset({"clientConnection.qps"})
_SWITCHES = frozenset(
    {
        "bindAddressHardFail",
        "conntrack.tcpBeLiberal",
        "enableProfiling",
        "ipvs.strictARP",
        "iptables.localhostNodePorts",
        "iptables.masqueradeAll",
        "logging.options.json.splitStream",
        "logging.options.text.splitStream",
        "nftables.masqueradeAll",
    }
)
#: Lists of networks, and what they may hold instead.
_NETWORKS = {"ipvs.excludeCIDRs": "", "nodePortAddresses": "primary"}
#: Words to choose from; empty means kube-proxy's own choice.
_CHOICES = {
    "detectLocalMode": ("ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"),
    "logging.format": ("text", "json"),
}
#: What kube-proxy listens at, and the port that it adds where none is given.
LISTENERS = {"healthzBindAddress": 10256, "metricsBindAddress": 10249}

_MODULE = "{filePattern: proxier, verbosity: 4}"

_SWITCH = "Write true or false, without quotes."

#: Path, what is wrong, what to do, and the value to point at.
Found = tuple[str, str, str, Any]


def _number(path: str, value: Any) -> Iterator[Found]:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if path in _FRACTIONS:
        if not whole and not isinstance(value, float):
            yield path, f"must be a number, got {shown(value)}.", number_fix(value), value
        return
    low, high = _NUMBERS[path]
    if not whole:
        yield path, f"must be a number, got {shown(value)}.", number_fix(value), value
    elif not low <= value <= high:
        yield path, f"must be {low} to {high}, got {value}.", "Give a number in that range.", value


def _duration(path: str, value: Any) -> Iterator[Found]:
    try:
        proxy.duration_seconds(value, path)
    except BadValue:
        yield path, f"must be a duration with a unit, got {shown(value)}.", with_unit(value), value


def _pause(path: str, value: Any) -> Iterator[Found]:
    """A duration, or nanoseconds as older configurations have them."""
    if isinstance(value, bool) or not isinstance(value, int):
        yield from _duration(path, value)


def _modules(path: str, value: Any) -> Iterator[Found]:
    if not isinstance(value, (list, tuple)):
        yield path, f"must be a list, got {shown(value)}.", f"Write it as [{_MODULE}].", value
        return
    for index, item in enumerate(value):
        good = isinstance(item, Mapping) and set(item) == {"filePattern", "verbosity"}
        if not good and not isinstance(item, Unreadable):
            message = f"must have a filePattern and a verbosity, got {shown(item)}."
            yield f"{path}[{index}]", message, f"Write it as {_MODULE}.", item


def _is_network(text: str) -> bool:
    """Say whether *text* is a network as kube-proxy reads it; host bits are no fault."""
    try:
        IPNetwork(text)
    except (AddrFormatError, ValueError):
        return False
    return "/" in text


def _networks(path: str, value: Any) -> Iterator[Found]:
    listed = isinstance(value, (list, tuple))
    if not listed or not all(isinstance(item, (str, Unreadable)) for item in value):
        shape = f"[{value}]" if isinstance(value, str) and _is_network(value) else "[10.0.0.0/24]"
        yield (
            path,
            f"must be a list of strings, got {shown(value)}.",
            f"Write it as {shape}.",
            value,
        )
        return
    word = _NETWORKS[path]
    if word and list(value) == [word]:
        return
    fix = "Write networks such as 10.0.0.0/24" + (f", or {word} alone." if word else ".")
    for index, item in enumerate(value):
        if not isinstance(item, Unreadable) and not _is_network(item):
            yield f"{path}[{index}]", f"must be a network, got {shown(item)}.", fix, item


def place(path: str, value: Any) -> tuple[IPAddress, int] | None:
    """Return address and port that one of LISTENERS is, or None."""
    text = value if isinstance(value, str) else ""
    match = _HOST_PORT.fullmatch(text)
    host, port = (match[1] or match[2], int(match[3])) if match else (text, LISTENERS[path])
    try:
        return (_cidr.address(host, path), port) if 1 <= port <= 65535 else None
    except BadValue:
        return None


def _listener(path: str, value: Any) -> Iterator[Found]:
    if place(path, value) is None:
        fix = f"Write it as 0.0.0.0:{LISTENERS[path]}."
        yield path, f"must be an address with or without a port, got {shown(value)}.", fix, value


def _choice(path: str, value: Any) -> Iterator[Found]:
    allowed = _CHOICES[path]
    if value not in allowed:
        hint = nearest(value, allowed)
        fix = f"Did you mean {hint}?" if hint else f"Choose one, such as {allowed[0]}."
        yield path, f"must be one of {', '.join(allowed)}, got {shown(value)}.", fix, value


def _core(function: Callable[[Any, str], Any], fix: str) -> Callable[[str, Any], Iterator[Found]]:
    def read(path: str, value: Any) -> Iterator[Found]:
        try:
            function(value, path)
        except BadValue as error:
            yield path, f"{str(error).removeprefix(path).strip()}.", error.fix or fix, value

    return read


def switch(path: str, value: Any) -> Iterator[Found]:
    """Yield what is wrong with a value that is on or off."""
    if not isinstance(value, bool):
        yield path, f"must be true or false, got {shown(value)}.", _SWITCH, value


def _single(path: str, value: Any) -> Iterator[Found]:
    if isinstance(value, (Mapping, list, tuple)):
        yield path, f"must be a single value, got {shown(value)}.", "Write one value.", value


_READERS: dict[str, Callable[[str, Any], Iterator[Found]]] = {
    **dict.fromkeys(_DURATIONS, _duration),
    **dict.fromkeys((*_NUMBERS, *_FRACTIONS), _number),
    **dict.fromkeys(_SWITCHES, switch),
    **dict.fromkeys(_NETWORKS, _networks),
    **dict.fromkeys(LISTENERS, _listener),
    **dict.fromkeys(_CHOICES, _choice),
    "logging.flushFrequency": _pause,
    "logging.vmodule": _modules,
    "bindAddress": _core(_cidr.address, _cidr.ADDRESS_FIX),
    "clusterCIDR": _core(_cidr.network, "Take it out; it follows fastpath_pod_cidr."),
}


def leaf(path: str, value: Any) -> Iterator[Found]:
    """Yield what is wrong with a single value. An empty string means that it is not set."""
    if value != "" or path in _NUMBERS or path in _SWITCHES or path in _DURATIONS:
        yield from _READERS.get(path, _single)(path, value)
