"""What must be different on every host."""

from __future__ import annotations

import pytest

SAME = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def found(judge):
    """Return a function that gives the checks of hosts that are not ok."""

    def run(**hosts):
        return [c for c in judge(hosts) if c.id == "identity" and c.verdict != "ok"]

    return run


def test_equal_machine_ids_are_told_to_each_host_with_one_sentence(found, judge):
    same = {"identity.machine_id": SAME}
    checks = found(cp1=same, w1={}, w2={"identity.machine_id": SAME.upper()})
    assert [check.host for check in checks] == ["cp1", "w2"]
    assert {check.message for check in checks} == {
        f"cp1, w2 have the same machine-id, {SAME}: networkd's DHCP client asks for one address "
        "with it, and kubelet reports it."
    }
    assert checks[0].fix == (
        "On each of them but one: rm /etc/machine-id /var/lib/dbus/machine-id; "
        "systemd-machine-id-setup; then reboot."
    )
    assert checks[0].verdict == "error"


@pytest.mark.parametrize(
    ("path", "value", "name", "fix"),
    [
        ("identity.product_uuid", "4c4c4544-004d-4a10-8052-c4c04f", "product UUID", "hypervisor"),
        ("identity.hostname", "debian", "host name", "hostnamectl set-hostname"),
        ("identity.macs", {"eth0": "52:54:00:AA:BB:CC"}, "MAC address", "in the hypervisor"),
    ],
)  # fmt: skip
def test_everything_else_that_is_the_same(found, path, value, name, fix):
    checks = [c for c in found(w1={path: value}, w2={path: value}) if c.verdict == "error"]
    assert [(check.host, check.name) for check in checks] == [("w1", name), ("w2", name)]
    assert checks[0].message.startswith(f"w1, w2 have the same {name}, ")
    assert fix in checks[0].fix


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("identity.product_uuid", ""),
        ("identity.product_uuid", "00000000-0000-0000-0000-000000000000"),
        ("identity.product_uuid", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
        ("identity.machine_id", "00000000000000000000000000000000"),
        ("identity.macs", {"eth0": "00:00:00:00:00:00"}),
        ("identity.macs", {}),
        ("identity.hostname", ""),
    ],
)
def test_what_is_none_is_not_compared(found, path, value):
    assert not found(w1={path: value}, w2={path: value})


def test_the_cards_of_a_bond_share_an_address(found):
    macs = {"eth0": "52:54:00:aa:bb:cc", "eth1": "52:54:00:aa:bb:cc"}
    assert not found(w1={"identity.macs": macs}, w2={})


def test_many_hosts_are_counted(found):
    checks = found(**{f"w{n}": {"identity.machine_id": SAME} for n in range(9)})
    assert len(checks) == 9
    assert checks[0].message.startswith("w0, w1, w2 and 6 more have the same machine-id")


@pytest.mark.parametrize(
    ("hostname", "said"), [("w1", False), ("W1.example.com", False), ("debian", True)]
)
def test_another_name_than_the_inventorys_is_a_note(found, hostname, said):
    checks = found(w1={"identity.hostname": hostname})
    assert [check.verdict for check in checks] == ["info"] * said
    if said:
        assert checks[0].message == "w1 calls itself debian; its node is called w1."


def test_a_host_without_any_is_told(found):
    (check,) = found(w1={"identity": None})
    assert (check.verdict, check.value) == ("info", "not read")
