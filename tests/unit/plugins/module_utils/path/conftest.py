"""Networks to probe: one of namespaces that live as long as the command in them, and a fake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.path import packets

ROOT = Path(__file__).resolve().parents[5]

#: Everything is made inside a network and a mount namespace of their own, so that nothing is left
#: of it whatever happens. Whoever is not root is in a user namespace too.
ISOLATED = ("unshare", "--net", "--mount", *(["--map-root-user"] if os.getuid() else []))

#: Probes in the namespace that it is started in, and prints the result.
PROBE = """
import json, sys, time
from ansible_collections.fastpath.k8s.plugins.module_utils.path import asked, probe
options = json.loads(sys.argv[1])
limits = asked.Limits(**options.pop("limits"))
start = time.monotonic()
found = probe.run(limits=limits, **options)
print(json.dumps({**found, "seconds": time.monotonic() - start}))
"""

#: Two links in a row, eth0 -- near (middle) away -- eth0 (far). The middle is a bridge, or a router
#: with an MTU behind it, which "silent" keeps from saying what it drops: rules for what comes in by
#: "lo" are for what the router itself sends.
SHELL = """
mount -t tmpfs none /run
# Without this, IPv6 waits for seconds before it uses an address.
eager="sysctl -q -w net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0"
$eager; ip link set lo up
for name in middle far; do
    ip netns add $name; ip netns exec $name $eager; ip -n $name link set lo up
done
ip link add eth0 type veth peer name near netns middle
ip -n middle link add away type veth peer name eth0 netns far
far() { ip -n far "$@"; }
middle() { ip -n middle "$@"; }
inside() { ip netns exec "$@"; }
up() {
    # The kernel takes up to a second to see that a link has a carrier.
    far link set eth0 up; middle link set near up; middle link set away up; ip link set eth0 up
    for _ in $(seq 100); do
        case "$(ip link show eth0; middle link; far link)" in
        *"state DOWN"*) sleep 0.05 ;;
        *) return ;;
        esac
    done
    exit 1
}
bridged() {
    middle link add bridge type bridge
    middle link set near master bridge; middle link set away master bridge
    middle link set bridge up; up
    ip address add 192.0.2.1/24 dev eth0; far address add 192.0.2.2/24 dev eth0
    ip address add 2001:db8::1/64 dev eth0 nodad; far address add 2001:db8::2/64 dev eth0 nodad
}
routed() {
    middle link set away mtu "$1"; far link set eth0 mtu "$1"; up
    inside middle sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip address add 192.0.2.1/24 dev eth0; middle address add 192.0.2.254/24 dev near
    middle address add 198.51.100.254/24 dev away; far address add 198.51.100.2/24 dev eth0
    ip address add 2001:db8::1/64 dev eth0 nodad; middle address add 2001:db8::fe/64 dev near nodad
    middle address add 2001:db8:1::fe/64 dev away nodad
    far address add 2001:db8:1::2/64 dev eth0 nodad
    ip route add default via 192.0.2.254; far route add default via 198.51.100.254
    ip -6 route add default via 2001:db8::fe; far -6 route add default via 2001:db8:1::fe
}
silent() {
    middle rule add iif lo to 192.0.2.1 blackhole
    middle -6 rule add iif lo to 2001:db8::1 blackhole
}
"""


class Namespaces:
    """Runs a shell script among namespaces, in which "probe" probes with options of Python."""

    def __call__(self, script, *probes):
        """Return what each probe has found; "probe 0" in *script* is the first of *probes*."""
        calls = "".join(
            f"arguments_{number}='{json.dumps(options)}'\n" for number, options in enumerate(probes)
        )
        probe = (
            'probe() { eval "arguments=\\$arguments_$1"; "$PYTHON" -c "$PROBE" "$arguments"; }\n'
        )
        done = subprocess.run(
            [*ISOLATED, "sh", "-e", "-c", f"{SHELL}\n{calls}\n{probe}\n{script}"],
            env={
                **os.environ,
                "PYTHON": sys.executable,
                "PROBE": PROBE,
                "PYTHONPATH": str(ROOT / "collections"),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    @staticmethod
    def to(*addresses, mtu=None, **limits):
        """Return options of a probe."""
        targets = [{"name": f"to {address}", "address": address} for address in addresses]
        return {"targets": targets, "mtu": mtu, "limits": {"timeout": 0.5, **limits}}


@pytest.fixture
def network():
    return Namespaces()


class Fake:
    """A network without a host: time passes when somebody waits.

    ``answer`` takes address and size, and returns seconds and an event for the packet, or None.
    """

    def __init__(self, answer):
        self.answer = answer
        self.now = 0.0
        self.sent = []
        self._coming = []

    def clock(self):
        return self.now

    def send(self, address, sequence, size):
        told = self.answer(address, size)
        if told is not None and told[1].kind in (packets.LOCAL, packets.NO_ROUTE):
            return told[1]._replace(sequence=sequence)
        self.sent.append((self.now, address, size))
        if told is not None:
            self._coming.append((self.now + told[0], told[1]._replace(sequence=sequence)))
        return None

    def receive(self, seconds):
        first = min((when for when, _event in self._coming), default=float("inf"))
        self.now = max(self.now, min(first, self.now + seconds))
        found = [event for when, event in self._coming if when <= self.now]
        self._coming = [item for item in self._coming if item[0] > self.now]
        return found


@pytest.fixture
def fake():
    return Fake
