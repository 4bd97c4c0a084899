"""What a newcomer did next, and what each message has to say."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate

_CILIUM = "fastpath_cilium_values"
_CONFIG = "fastpath_kube_proxy_config"
_SYSCTL = "fastpath_sysctl_overrides"


def _one(lines, path):
    (line,) = [line for line in lines if f" {path}: " in line]
    return line


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("enable-bpf-masquerade", "It is a flag of the agent: use bpf.masquerade."),
        ("bpf-masquerade", "It is a flag of the agent: use bpf.masquerade."),
        ("kube-proxy-replacement", "It is a flag of the agent: use kubeProxyReplacement."),
        ("ipv4-native-routing-cidr", "It is a flag of the agent: use ipv4NativeRoutingCIDR."),
        (
            "some-other-flag",
            "It is named like a flag of the agent: look for its value in the chart's values.yaml, "
            "or write it below extraConfig.",
        ),
        ("nativeRoutingCIDR", "Take it out: ipv4NativeRoutingCIDR follows fastpath_pod_cidr."),
        ("config", "Take it out."),
        ("hostServices", "Use socketLB."),
        ("global", "Write what stands below it without global."),
    ],
)
def test_keys_of_cilium_that_have_another_name(found, key, fix):
    lines = found({"fastpath_pod_network": "cilium", _CILIUM: {key: {"enabled": True}}})
    line = _one(lines, f"{_CILIUM}.{key}")
    assert line.startswith(f"error [cilium-values] {_CILIUM}.{key}: is no value of the chart")
    assert line.endswith(f"Fix: {fix}")


def test_the_native_network_of_ipv6_has_its_own_name(found):
    lines = found(
        {
            "fastpath_pod_network": "cilium",
            "fastpath_pod_cidr": "fd00:1::/64",
            "fastpath_service_cidr": "fd00:2::/112",
            _CILIUM: {"nativeRoutingCIDR": "fd00:1::/64"},
        }
    )
    assert "ipv6NativeRoutingCIDR follows" in _one(lines, f"{_CILIUM}.nativeRoutingCIDR")


def test_each_network_of_nodes_is_judged_on_its_own(found):
    lines = found({"fastpath_node_networks": ["10.0.0.0/24", "192.0.2.12", "10.96.0.0/24"]})
    assert _one(lines, "fastpath_node_networks[1]").endswith(
        "got '192.0.2.12'. Fix: Add its prefix length, such as 192.0.2.0/24."
    )
    assert "10.96.0.0/24 overlaps fastpath_service_cidr" in _one(lines, "fastpath_node_networks[2]")
    assert not [line for line in lines if "lies in none" in line]


@pytest.mark.parametrize(
    ("given", "such"),
    [
        ("10.244.0.0", "10.244.0.0/16"),
        ("10.0.0.0", "10.0.0.0/8"),
        ("192.0.2.77", "192.0.2.0/24"),
        ("fd00:1::7", "fd00:1::/64"),
    ],
)
def test_an_advised_network_has_no_host_bits(found, given, such):
    line = _one(found({"fastpath_pod_cidr": given}), "fastpath_pod_cidr")
    assert line.endswith(f"Fix: Add its prefix length, such as {such}.")


@pytest.mark.parametrize(
    ("key", "given", "fix"),
    [
        ("vm.swappiness", "ten", "Give a number from 0 to 200."),
        ("vm.swappiness", 500, "Give a number from 0 to 200."),
        ("vm.overcommit_memory", 3, "Give a number from 0 to 2."),
        ("net.ipv4.conf.all.rp_filter", 4, "Give a number from 0 to 2."),
        ("net.ipv4.tcp_mtu_probing", 7, "Give a number from 0 to 2."),
        (
            "net.ipv4.tcp_mtu_probing",
            True,
            "Write a number from 0 to 2: YAML reads on, off, yes and no as booleans.",
        ),
        (
            "net.ipv4.tcp_rmem",
            True,
            "Write numbers: YAML reads on, off, yes and no as booleans.",
        ),
    ],
)
def test_the_kernels_ranges(found, key, given, fix):
    lines = found({_SYSCTL: {key: given}})
    (line,) = [line for line in lines if line.startswith("error [type]")]
    assert line.endswith(f"Fix: {fix}")


@pytest.mark.parametrize(
    ("values", "path", "said"),
    [
        ({"iptables": {"scheduler": "rr"}}, "iptables.scheduler", "Did you mean ipvs.scheduler?"),
        (
            {"ipvs": {"conntrack": {"min": 1}}},
            "ipvs.conntrack",
            "Did you mean conntrack, at the top level?",
        ),
        ({"ipvs": {"minSyncPeriod": 5}}, "ipvs.minSyncPeriod", "Fix: Write it as 5s."),
        (
            {"conntrack": {"tcpEstablishedTimeout": 86400}},
            "conntrack.tcpEstablishedTimeout",
            "Fix: Write it as 86400s.",
        ),
        (
            {"mode": "iptables"},
            "mode",
            "is 'iptables', and is not set here: fastpath_service_proxy decides it. Fix: Take it "
            "out, and set fastpath_service_proxy: iptables.",
        ),
        ({"mode": "userspace"}, "mode", "Fix: Take it out, and set fastpath_service_proxy."),
        ({"kind": "X"}, "kind", "is 'X', and is not set here: the collection writes"),
    ],
)
def test_fields_of_kube_proxy(found, values, path, said):
    assert said in _one(found({_CONFIG: values}), f"{_CONFIG}.{path}")


@pytest.mark.parametrize("given", ["30", "1:30", 30])
def test_a_duration_has_a_unit(found, given):
    line = _one(found({"fastpath_proxy_sync_period": given}), "fastpath_proxy_sync_period")
    assert "must be a duration with a unit, got " in line
    if given != "1:30":
        assert "Fix: Write it as 30s." in line


def test_an_error_leaves_no_note_beside_it(found):
    lines = found({_SYSCTL: {"net.netfilter.nf_conntrack_max": 1048576}})
    assert len([line for line in lines if "nf_conntrack_max" in line]) == 1


def test_who_alone_has_another_value(found):
    many, few = {"fastpath_max_pods": 110}, {"fastpath_max_pods": 100}
    lines = found(None, {"cp1": many, "worker1": many, "worker2": few})
    line = _one(lines, "worker2: fastpath_max_pods")
    assert line.endswith("Fix: Delete what is set for worker2 alone.")
    lines = found(None, {"cp1": few, "worker1": many, "worker2": many})
    assert [line for line in lines if "fastpath_max_pods" in line] == [
        "error [hosts] cp1: fastpath_max_pods: is 100 here and 110 on worker1, but a cluster has "
        "one. Fix: Delete what is set for cp1 alone."
    ]


def test_what_only_some_have_is_shown(found):
    lines = found(None, {"worker2": {"fastpath_mtu": 8950}})
    said = "fastpath_mtu: is 8950 on worker2 and not set on cp1, worker1, but a cluster has one."
    assert any(said in line for line in lines)


def test_why_a_range_changes(found):
    lines = found({_SYSCTL: {"net.ipv4.ip_local_port_range": "1025 65111"}})
    assert any("and making it 1025 65110, for ends of different parity." in line for line in lines)


def test_a_peer_that_cannot_be_read_is_a_peer_all_the_same(found):
    peers = [{"address": "10.0.0.1", "as_number": 64513, "holdtime": 90}]
    lines = found({"fastpath_bgp_mesh": False, "fastpath_bgp_peers": peers})
    assert not [line for line in lines if "bgp-scale" in line]


def test_an_announcer_is_named_and_pointed_at(make_inventory):
    announcers = ["metallb_l2"]
    result = validate(make_inventory({"fastpath_service_announcers": announcers}))
    (problem,) = [problem for problem in result.problems if problem.id == "strict-arp"]
    assert problem.message.startswith("fastpath_service_announcers has metallb_l2, which announces")
    assert problem.value is announcers


@pytest.mark.parametrize("name", ["kube-master", "kube_nodes"])
def test_a_stray_group_is_pointed_at(make_inventory, name):
    whole = make_inventory({})
    groups = dict(whole.groups)
    groups[name] = groups.pop("kube_node" if name == "kube_nodes" else "kube_control_plane")
    result = validate(Inventory(groups, whole.hosts))
    (problem,) = [problem for problem in result.problems if "has no host" in problem.message]
    assert problem.value == name


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        (["fd00::1"], "Write it in quotes and without brackets: YAML reads a list in them."),
        (192, "Write the whole address, in quotes."),
        ({"a": 1}, "Write an address or a name."),
    ],
)
def test_where_a_host_is_is_a_text(found, given, fix):
    line = _one(found(None, {"worker1": {"ansible_host": given}}), "worker1: ansible_host")
    assert line == (
        f"error [cidr-plan] worker1: ansible_host: must be an address or a name, got {given!r}. "
        f"Fix: {fix}"
    )


@pytest.mark.parametrize(
    ("variables", "path", "fix"),
    [
        (
            {"fastpath_bgp_peers": [{"address": "10.0.0.1", "asn": 64513}]},
            "fastpath_bgp_peers[0].asn",
            "Did you mean as_number?",
        ),
        ({"fastpath_cluster_name": "Fast_Path"}, "fastpath_cluster_name", "Write fast-path."),
        (
            {"fastpath_ipvs_scheduler": "wrlr"},
            "fastpath_ipvs_scheduler",
            "Did you mean wrr? It behaves as rr, so write that.",
        ),
    ],
)
def test_what_was_meant(found, variables, path, fix):
    assert _one(found(variables), path).endswith(f"Fix: {fix}")
