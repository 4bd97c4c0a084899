"""Settings of the five founding articles, entered as they stand there."""

from __future__ import annotations

import pytest

OVERRIDES = "fastpath_sysctl_overrides"

ARTICLES = [
    (
        "timestamps off, and reuse of TIME_WAIT on",
        {OVERRIDES: {"net.ipv4.tcp_timestamps": 0, "net.ipv4.tcp_tw_reuse": 1}},
        "error [timestamps-pair] fastpath_sysctl_overrides['net.ipv4.tcp_timestamps']: with 0, "
        "net.ipv4.tcp_tw_reuse=1 does nothing, and PAWS is off",
    ),
    (
        "ephemeral ports over NodePorts, none reserved",
        {OVERRIDES: {"net.ipv4.ip_local_port_range": "1024 65535"}},
        "error [port-ranges] fastpath_sysctl_overrides['net.ipv4.ip_local_port_range']: 1024-65535 "
        "overlaps NodePorts 30000-32767 or ports of the cluster "
        "(2379-2381,4240,4244,5473,6443,9098-9099,9878-9879,9890-9893,9962-9964,10248-10259,"
        "30000-32767): connections fail at random",
    ),
    (
        "the same with a range of one parity",
        {OVERRIDES: {"net.ipv4.ip_local_port_range": "1024 65000"}},
        "error [port-ranges] fastpath_sysctl_overrides['net.ipv4.ip_local_port_range']: 1024-65000 "
        "overlaps NodePorts",
    ),
    (
        "a conntrack size beside kube-proxy's",
        {
            OVERRIDES: {"net.netfilter.nf_conntrack_max": 1000000},
            "fastpath_kube_proxy_config": {"conntrack": {"maxPerCore": 32768}},
        },
        "error [conntrack-owner] fastpath_kube_proxy_config.conntrack.maxPerCore: is 32768, so "
        "kube-proxy overwrites net.netfilter.nf_conntrack_max at its start",
    ),
    (
        "a scheduler at the wrong nesting level",
        {"fastpath_kube_proxy_config": {"ipvs": None, "scheduler": "rr", "strictARP": True}},
        "error [proxy-schema] fastpath_kube_proxy_config.scheduler: is no field of "
        "KubeProxyConfiguration v1alpha1; kube-proxy would ignore it. "
        "Fix: Did you mean ipvs.scheduler?",
    ),
    (
        "native routing left out",
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {
                "kubeProxyReplacement": True,
                "bpf": {"masquerade": True},
            },
        },
        "info [cilium-values] fastpath_cilium_values.routingMode: is left out, which leaves the "
        "chart's VXLAN tunnel on",
    ),
    (
        "a pool over libvirt's network",
        {"fastpath_pod_cidr": "192.168.0.0/16"},
        "warning [cidr-plan] fastpath_pod_cidr: 192.168.0.0/16 overlaps 192.168.122.0/24",
    ),
    (
        "a bound that delays the removal of endpoints",
        {"fastpath_proxy_min_sync_period": "2s"},
        "warning [proxy-periods] fastpath_proxy_min_sync_period: a removed endpoint may get new "
        "connections for up to 2s",
    ),
    (
        "fewer files than systemd allows",
        {OVERRIDES: {"fs.file-max": 2097152}},
        "warning [raise-only] fastpath_sysctl_overrides['fs.file-max']",
    ),
    (
        "strict ARP without an announcer",
        {"fastpath_ipvs_strict_arp": True},
        "info [strict-arp] fastpath_ipvs_strict_arp: is needed only where something announces",
    ),
]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [article[1:] for article in ARTICLES],
    ids=[article[0] for article in ARTICLES],
)
def test_article(found, variables, expected):
    assert any(line.startswith(expected) for line in found(variables)), found(variables)
