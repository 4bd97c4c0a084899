"""The network that Cilium does not masquerade."""

from __future__ import annotations

import pytest

PATH = "fastpath_cilium_values.ipv{}NativeRoutingCIDR"

V6 = {"fastpath_pod_cidr": "fd00:10::/56", "fastpath_service_cidr": "fd00:20::/112"}


@pytest.fixture
def native(found):
    def native(values, version=4, **variables):
        plan = {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": values,
            **(V6 if version == 6 else {}),
            **variables,
        }
        path = PATH.format(version)
        return [line for line in found(plan, only="cilium-values") if path in line]

    return native


@pytest.mark.parametrize("given", ["", " ", "\t\n", False, 0, [], {}])
@pytest.mark.parametrize("version", [4, 6])
def test_nothing_is_an_error_with_native_routing(native, given, version):
    (line,) = native({f"ipv{version}NativeRoutingCIDR": given}, version)
    assert line.startswith("error [cilium-values]")
    assert "is set to nothing" in line
    assert "the agent exits" in line
    assert line.endswith("Fix: Remove it; it follows fastpath_pod_cidr.")


@pytest.mark.parametrize(
    ("values", "variables"),
    [
        # Null means "not set": the plan's stays.
        ({"ipv4NativeRoutingCIDR": None}, {}),
        ({"ipv4NativeRoutingCIDR": "10.244.0.0/16"}, {}),
        ({"ipv4NativeRoutingCIDR": ""}, {"fastpath_encapsulation": "vxlan"}),
        ({"ipv4NativeRoutingCIDR": "", "enableIPv4Masquerade": False}, {}),
        ({"ipv4NativeRoutingCIDR": "", "ipMasqAgent": {"enabled": True}}, {}),
    ],
)
def test_where_the_agent_starts_there_is_no_error(native, values, variables):
    assert native(values, **variables) == []


def test_of_the_family_that_is_off_nothing_is_asked(found):
    values = {"ipv6NativeRoutingCIDR": ""}
    plan = {"fastpath_pod_network": "cilium", "fastpath_cilium_values": values}
    assert not [line for line in found(plan) if "NativeRoutingCIDR" in line]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    "given", ["x", "10.0.0.0/33", "10.0.0.1", "fd00::1", True, 8, ["10.0.0.0/8"]]
)
@pytest.mark.parametrize("encapsulation", ["none", "vxlan"])
def test_what_is_no_network_is_an_error(native, given, version, encapsulation):
    values = {f"ipv{version}NativeRoutingCIDR": given}
    (line,) = native(values, version, fastpath_encapsulation=encapsulation)
    assert line.startswith("error [cilium-values]")
    assert f"must be a network of IPv{version}" in line


@pytest.mark.parametrize(("version", "given"), [(4, "fd00::/8"), (6, "10.0.0.0/8")])
def test_the_other_family_is_an_error(native, version, given):
    (line,) = native({f"ipv{version}NativeRoutingCIDR": given}, version)
    assert f"must be a network of IPv{version}, got '{given}'" in line


@pytest.mark.parametrize(("version", "given"), [(4, "10.0.0.0/8"), (6, "fd00::/8")])
def test_another_network_is_a_warning(native, version, given):
    (line,) = native({f"ipv{version}NativeRoutingCIDR": given}, version)
    assert line.startswith("warning [cilium-values]")
    assert f"is {given}, and pods have" in line
