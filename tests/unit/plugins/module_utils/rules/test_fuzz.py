"""No input ends in a traceback, whatever stands in it."""

from __future__ import annotations

import json
import os
import random

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory, Unreadable
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate
from ansible_collections.fastpath.k8s.plugins.module_utils._variables import VARIABLES

#: More of them by hand: FASTPATH_FUZZ=2000.
MUTATIONS = int(os.environ.get("FASTPATH_FUZZ", "300"))

VALID = {
    "fastpath_kubernetes_version": "1.36.3",
    "fastpath_control_plane_endpoint": "10.0.0.11:6443",
    "fastpath_node_networks": ["10.0.0.0/24"],
    "fastpath_node_interface_mtu": 1500,
    "fastpath_pod_cidr": "10.244.0.0/16",
    "fastpath_service_cidr": "10.96.0.0/12",
    "fastpath_ipvs_scheduler": "rr",
    "fastpath_kube_proxy_config": {"ipvs": {"tcpTimeout": "2h"}, "conntrack": {"maxPerCore": 0}},
    "fastpath_bgp_peers": [
        {
            "address": "10.0.0.1",
            "as_number": 64513,
            "nodes": ["worker1"],
            "password_secret": {"name": "bgp", "key": "rack"},
        }
    ],
    "fastpath_cilium_values": {"bpf": {"masquerade": True}},
    "fastpath_sysctl_overrides": {"net.core.somaxconn": 8192},
    "fastpath_ignore_problems": ["mtu"],
}

ODD = [
    None, True, False, 0, -1, 1, 90, 1.4, 2**70, float("nan"), "", " ", "x", "0", "-1", "true",
    "on", "1:30", "1.36", "010.0.0.1", "10.0.0.1", "10.0.0.0/8", "::1", "fd00::/64", "fd00::/108",
    "0.0.0.0/0", "10.244.0.0/16,fd00::/64", "1-2", "65536-1", "30000-32767", "\u0661\u0662",
    "\x00", "a" * 5000, "{{ x }}", [], [None], [[]], ["x"], [1, "2"], {}, {"x": None},
    {"ipvs": []}, {"conntrack": {"maxPerCore": "x"}}, {1: 2}, {"": ""}, {"a.b": [1]},
    {"net.ipv4.tcp_timestamps": "0"}, {"net.core.x={a}": "{}"}, {"a b={0}": []},
    {"net.ipv4.ip_local_port_range": "a b c"},
    {"net.ipv4.ip_local_port_range": "1024 65535", "net.ipv4.ip_unprivileged_port_start": "x"},
    {"net.netfilter.nf_conntrack_buckets": 1}, {"featureGates": {"KubeProxyIPVS": "x"}},
    {"loadBalancer": {"mode": "dsr", "dsrDispatch": []}}, {"bpf": {"mapDynamicSizeRatio": "nan"}},
    {"hubble": {"enabled": {}}}, {"logging": {"vmodule": [None]}}, {"featureGates": {"x": []}},
    {"metricsBindAddress": ":1", "healthzBindAddress": []}, Unreadable(), [Unreadable()],
    {"bpf": {"lbMapMax": []}}, {"bpf": []}, {"MTU": "x"}, {"address": {}, "as_number": []},
    b"bytes", ("tuple",), object(),
]  # fmt: skip


def mutated(value, chance):
    """Return *value* with something in it replaced, taken out, repeated or wrapped."""
    if isinstance(value, dict) and value and chance.random() < 0.7:
        result = dict(value)
        key = chance.choice(list(result))
        if chance.random() < 0.2:
            result[chance.choice([str(key) + "x", 7, None, "", "net.ipv4"])] = result.pop(key)
        else:
            result[key] = mutated(result[key], chance)
        return result
    if isinstance(value, list) and value and chance.random() < 0.7:
        result = list(value)
        index = chance.randrange(len(result))
        result[index] = mutated(result[index], chance)
        return result * chance.choice([1, 1, 2])
    return chance.choice([chance.choice(ODD), [value], {"x": value}, str(value)])


def broken(seed, make_inventory):
    """Return an inventory of which one to three things are wrong."""
    chance = random.Random(seed)
    whole = make_inventory(VALID)
    groups, hosts = dict(whole.groups), {name: dict(own) for name, own in whole.hosts.items()}
    for _ in range(chance.randint(1, 3)):
        name = chance.choice([*VARIABLES, "ansible_host", "ansible_facts", "fastpath_typo"])
        value = mutated(VALID.get(name), chance)
        for host in chance.choice([list(hosts), ["worker2"]]):
            hosts[host][name] = value
    if chance.random() < 0.1:
        groups[chance.choice(list(groups))] = []
    return Inventory(groups, hosts)


@pytest.mark.parametrize("block", range(10))
def test_no_input_ends_in_a_traceback(block, make_inventory):
    for seed in range(block * MUTATIONS // 10, (block + 1) * MUTATIONS // 10):
        found = validate(broken(seed, make_inventory))
        # What is written is what was found, and the plan exists exactly where there is no error.
        json.dumps([problem.as_dict() for problem in found.problems])
        # Where there is none for another reason, such as a part that cannot be evaluated, that is
        # told.
        withheld = any(problem.path == "plan" for problem in found.problems)
        assert (found.plan is None) == (withheld or _problems.has_errors(found.problems)), seed
        assert all(line for line, _problem in _problems.lines(found.problems))
        for problem in found.problems:
            assert problem.id in _problems.IDS, seed
            assert problem.message and problem.fix and problem.path, seed


def test_the_inventory_that_is_broken_is_whole(make_inventory):
    assert not _problems.has_errors(validate(make_inventory(VALID)).problems)
