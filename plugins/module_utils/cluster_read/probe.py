# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the test pods are asked, and what they answered. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

#: Times that a pod asks the service; it stops at the first answer of another pod. With a proxy that
#: takes turns or chooses at random, of two pods one misses the other in so many once in 30 000.
TRIES = 15

#: One exec answers everything, as each costs seconds on a slow machine. The image has bash
#: (kubernetes/kubernetes, test/images/agnhost/Dockerfile), which opens connections by itself.
_PROBE = """\
echo mtu $(cat /sys/class/net/eth0/mtu)
echo api $KUBERNETES_SERVICE_HOST
timeout 20 getent hosts kubernetes.default.svc.cluster.local | while read -r line; do
  echo dns $line
done
lost=0
for try in $(seq $3); do
  if said=$(timeout 5 bash -c 'exec 3<>/dev/tcp/$0/$1 && cat <&3' "$1" "$2" 2>&1); then
    echo answer $said
    [ "$said" = "$HOSTNAME" ] || break
  else
    echo lost ${said##*: }
    lost=$((lost + 1))
    [ $lost -lt 3 ] || break
  fi
done
"""


def command(address: str, port: int) -> tuple[str, ...]:
    """Return what is run in a pod, which asks the service at *address* and *port*."""
    return ("bash", "-c", _PROBE, "probe", address, str(port), str(TRIES))


def unasked(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of a pod that has not said anything yet."""
    return {**pod, "mtu": None, "api": None, "dns": [], "answers": [], "error": pod["reason"]}


def parse(text: str, owners: Mapping[str, str]) -> dict[str, Any]:
    """Return what a pod said.

    That is ``mtu`` in bytes, ``api`` (the address of the service kubernetes), ``dns`` (addresses
    that this name resolves to), ``answers`` (nodes that answered through the service, of *owners*,
    the node of each pod) and ``error`` (why the last try was lost, empty where none was).
    """
    found: dict[str, Any] = {"mtu": None, "api": None, "dns": [], "error": ""}
    answers = set()
    for line in text.splitlines():
        word, _space, rest = line.partition(" ")
        value = rest.split(" ", 1)[0]
        if word == "mtu" and value.isdigit():
            found["mtu"] = int(value)
        elif word == "answer" and value in owners:
            answers.add(owners[value])
        elif word == "lost":
            # Killed by timeout, bash leaves no word.
            found["error"] = rest.lower() or "no answer within 5 s"
        elif word in ("api", "dns"):
            try:
                address = str(ipaddress.ip_address(value))
            except ValueError:
                continue
            found["dns"] += [address] if word == "dns" else []
            found["api"] = address if word == "api" else found["api"]
    return {**found, "answers": sorted(answers)}


def resolves(pod: Mapping[str, Any]) -> bool:
    """Say whether DNS tells the pod the address of the API server."""
    return pod["api"] in pod["dns"]


def is_well(pod: Mapping[str, Any], node: str, alone: bool) -> bool:
    """Say whether nothing remains to be asked of the pod of *node*, *alone* in its cluster or not.

    A service may be answered by the pod that asks; the other node is what needs proof.
    """
    reached = pod["answers"] if alone else [name for name in pod["answers"] if name != node]
    return bool(pod["ready"] and pod["mtu"] and resolves(pod) and reached)
