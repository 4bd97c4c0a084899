"""Cilium's values below the top level: their types, their bounds, and what goes together."""

from __future__ import annotations

import pytest

VALUES = "fastpath_cilium_values"


def cilium(values, **more):
    return {"fastpath_pod_network": "cilium", VALUES: values, **more}


TOLD = [
    (
        {"bpf": {"masquerade": "yes"}},
        "error",
        "bpf.masquerade: must be true or false, got 'yes'. Fix: Write true or false, "
        "without quotes.",
    ),
    (
        {"hubble": {"enabled": 1}},
        "error",
        "hubble.enabled: must be true or false, got 1. Fix: Write true or false, without quotes.",
    ),
    (
        {"bandwidthManager": {"bbr": "true"}},
        "error",
        "bandwidthManager.bbr: must be true or false, got 'true'. Fix: Write true or "
        "false, without quotes.",
    ),
    (
        {"l7Proxy": "off"},
        "error",
        "l7Proxy: must be true or false, got 'off'. Fix: Write true or false, without quotes.",
    ),
    (
        {"bpf": {"lbMapMax": "65536"}},
        "error",
        "bpf.lbMapMax: must be a whole number, got '65536'. Fix: Write it without quotes.",
    ),
    (
        {"bpf": {"mapDynamicSizeRatio": 25}},
        "error",
        "bpf.mapDynamicSizeRatio: must be 0 to 1, got 25. Fix: Give a "
        "share of the memory, such as 0.0025.",
    ),
    (
        {"bpf": {"mapDynamicSizeRatio": -0.1}},
        "error",
        "bpf.mapDynamicSizeRatio: must be 0 to 1, got -0.1. Fix: Give "
        "a share of the memory, such as 0.0025.",
    ),
    (
        {"bpf": {"mapDynamicSizeRatio": "lots"}},
        "error",
        "bpf.mapDynamicSizeRatio: must be 0 to 1, got 'lots'. Fix: "
        "Give a share of the memory, such as 0.0025.",
    ),
    (
        {"encryption": {"enabled": True, "type": "WireGuard"}},
        "error",
        "encryption.type: must be one of ipsec, wireguard, ztunnel, got 'WireGuard'. "
        "Fix: Did you mean wireguard?",
    ),
    (
        {"tunnelProtocol": "VXLAN"},
        "error",
        "tunnelProtocol: must be one of vxlan, geneve, got 'VXLAN'. Fix: Did you mean vxlan?",
    ),
    (
        {"bpf": {"datapathMode": "netkits"}},
        "error",
        "bpf.datapathMode: must be one of veth, netkit, netkit-l2, auto, got 'netkits'. "
        "Fix: Did you mean netkit?",
    ),
    (
        {"loadBalancer": {"mode": "dsr", "dsrDispatch": "geneve"}},
        "error",
        "loadBalancer.dsrDispatch: geneve needs tunnelProtocol geneve, and the plan has "
        "none, for which the chart takes vxlan. Fix: Set tunnelProtocol: geneve beside it.",
    ),
]


@pytest.mark.parametrize(("values", "level", "expected"), TOLD, ids=lambda value: str(value)[:60])
def test_told(found, values, level, expected):
    assert f"{level} [cilium-values] {VALUES}.{expected}" in found(cilium(values))


@pytest.mark.parametrize(
    ("dispatch", "fix"),
    [
        ({}, "Set dsrDispatch: geneve and fastpath_encapsulation: geneve, or set "),
        (
            {"dsrDispatch": "opt"},
            "Set dsrDispatch: geneve and fastpath_encapsulation: geneve, or take dsrDispatch out "
            "and set ",
        ),
        (
            {"dsrDispatch": "geneve"},
            "Set fastpath_encapsulation: geneve, or take dsrDispatch out and set ",
        ),
    ],
)
def test_dsr_in_a_vxlan_can_be_mended(found, dispatch, fix):
    values = {"loadBalancer": {"mode": "dsr", **dispatch}}
    (line,) = found(cilium(values, fastpath_encapsulation="vxlan"))
    assert line.endswith(f"Fix: {fix}fastpath_encapsulation: none.")
    values["loadBalancer"]["dsrDispatch"] = "geneve"
    assert found(cilium(values, fastpath_encapsulation="geneve")) == []
    assert found(cilium({"loadBalancer": {"mode": "dsr"}}, fastpath_encapsulation="none")) == []


def test_the_mtu_of_cards_that_are_not_known(found):
    (line,) = found(cilium({"MTU": 1450}))
    assert line == (
        f"warning [mtu] {VALUES}.MTU: is 1450, and what the cards have is not known here: Cilium "
        "takes it for a card's, and subtracts overhead by itself. Fix: Take it out, and the agent "
        "asks the card; or declare fastpath_node_interface_mtu."
    )
    assert found(cilium({"MTU": 1450}, fastpath_node_interface_mtu=1450)) == []
    assert found(cilium({"MTU": 0})) == []


PASSED = [
    {"bpf": {"masquerade": None, "mapDynamicSizeRatio": 0.0025}},
    {"bpf": {"mapDynamicSizeRatio": "0.005", "lbMapMax": 131072}},
    {"kubeProxyReplacement": "true", "autoDirectNodeRoutes": "true"},
    {"encryption": {"enabled": True, "type": "wireguard"}},
    {"loadBalancer": {"mode": "dsr", "dsrDispatch": "geneve"}, "tunnelProtocol": "geneve"},
    {"hubble": {"enabled": True, "relay": {"enabled": False}}, "bpf": {"datapathMode": "netkit"}},
]


@pytest.mark.parametrize("values", PASSED, ids=str)
def test_passed(found, values):
    assert [line for line in found(cilium(values)) if not line.startswith("info")] == []
