"""Routes as a real kernel has them, in a network namespace that ends with the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import routes

ROOT = Path(__file__).resolve().parents[5]

ISOLATED = ("unshare", "--net", *(["--map-root-user"] if os.getuid() else []))

READ = """
import json, sys
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import host, routes
print(json.dumps(routes.read(host.Host(), sys.argv[1])))
"""

NETWORK = (
    "set -e; ip link set lo up; ip link add eth0 type veth peer name other;"
    " ip addr add 10.0.0.2/24 dev eth0; ip addr add fd01::2/64 dev eth0 nodad;"
    " ip link set other up; ip link set eth0 up; "
)


def read(setup, services="10.96.0.0/12"):
    shell = f'{NETWORK} {setup}\nexec "$@"'
    done = subprocess.run(
        [*ISOLATED, "sh", "-c", shell, "sh", sys.executable, "-c", READ, services],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return {found["address"]: found for found in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("setup", "first_hop", "first_service", "last_service"),
    [
        ("", False, False, False),
        ("ip route add default dev eth0", True, True, True),
        ("ip route add default via 10.0.0.1", True, True, True),
        # It is there, and leads nowhere: the kernel refuses as if there were none.
        ("ip route add blackhole default", False, False, False),
        ("ip route add unreachable default", False, False, False),
        ("ip route add prohibit default", False, False, False),
        ("ip route add 169.254.1.1 dev eth0", True, False, False),
        ("ip route add 169.254.0.0/16 dev eth0", True, False, False),
        ("ip route add 10.96.0.0/12 dev eth0", False, True, True),
        ("ip route add 10.96.0.0/16 dev eth0", False, True, False),
        ("ip route add 0.0.0.0/1 dev eth0; ip route add 128.0.0.0/1 dev eth0", True, True, True),
        # Not in the table main, which is all that /proc/net/route has.
        ("ip route add default dev eth0 table 7; ip rule add table 7", True, True, True),
        # As kube-ipvs0 has it.
        ("ip addr add 10.96.0.1/32 dev lo", False, True, False),
        ("ip -6 route add default dev eth0", False, False, False),
    ],
)
def test_the_kernel_is_asked(setup, first_hop, first_service, last_service):
    found = read(setup)
    ways = {address: not route["error"] for address, route in found.items()}
    assert ways == {
        "169.254.1.1": first_hop,
        "10.96.0.1": first_service,
        "10.111.255.255": last_service,
    }


def test_what_the_kernel_reports_is_kept():
    found = read("ip route add 169.254.1.1 dev eth0")
    assert found["169.254.1.1"] == {"address": "169.254.1.1", "device": "eth0", "error": ""}
    assert found["10.96.0.1"]["error"] == "Network is unreachable"


@pytest.mark.parametrize(
    ("setup", "way"), [("", False), ("ip -6 route add default dev eth0", True)]
)
def test_services_of_ipv6(setup, way):
    found = read(setup, "fd00:10:96::/112")
    assert (found["fd00:10:96::1"]["error"] == "") == way


@pytest.mark.parametrize("services", ["", "10.96.0.0/33", "none"])
def test_without_service_addresses_the_first_hop_is_left(services):
    assert routes.addresses(services) == [routes.FIRST_HOP]


def test_one_service_address(tree):
    assert routes.addresses("10.96.0.1/32") == [routes.FIRST_HOP, "10.96.0.1"]


def test_a_host_without_ip_is_not_read(tree):
    assert routes.read(tree, "10.96.0.0/12") == []
