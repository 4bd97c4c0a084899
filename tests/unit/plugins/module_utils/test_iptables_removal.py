"""Which rules of iptables-save are a cluster's, and how they are removed."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _data_plane_names
from ansible_collections.fastpath.k8s.plugins.module_utils._iptables_removal import (
    removal,
    summary,
)


def saved(*lines, table="filter"):
    built_in = [":INPUT DROP [1:60]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"]
    return "\n".join(["# by iptables-save", f"*{table}", *built_in, *lines, "COMMIT", ""])


HASH = '-m comment --comment "cali:wUHhoiAYhphO9Mso"'


@pytest.mark.parametrize(
    "lines",
    [
        ['-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "cali-office vpn" -j ACCEPT'],
        ['-A INPUT -m comment --comment "cali:office" -j ACCEPT'],
        ['-A INPUT -m comment --comment "see cali:wUHhoiAYhphO9Mso" -j ACCEPT'],
        ['-A INPUT -m comment --comment "like KUBE-FORWARD, CILIUM_INPUT -j KUBE-X" -j ACCEPT'],
        [":cali-office - [0:0]", "-A INPUT -j cali-office", "-A cali-office -j ACCEPT"],
        [":cali-office - [0:0]", "-A INPUT -j cali-office"],
        [":calico - [0:0]", "-A INPUT -j calico"],
        [":KUBE-OFFICE - [0:0]", "-A INPUT -j KUBE-OFFICE"],
        [":KUBE-SVC-office - [0:0]", "-A INPUT -g KUBE-SVC-office"],
        [":CILIUM_x - [0:0]", "-A INPUT -j CILIUM_x"],
        ["-A INPUT -i calib-lab -j ACCEPT"],
        ["-A INPUT -m set --match-set calibration src -j ACCEPT"],
        [":office - [0:0]", '-A INPUT -m comment --comment "it\'s \\"cali\\"" -j office'],
    ],
)
def test_rules_of_others_stay(lines):
    assert removal(saved(*lines)) == ""


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (
            [":KUBE-FORWARD - [0:0]", "-A FORWARD -j KUBE-FORWARD", "-A KUBE-FORWARD -j ACCEPT"],
            ["rule filter FORWARD -j KUBE-FORWARD", "chain filter KUBE-FORWARD"],
        ),
        (
            [":KUBE-SVC-ERIFXISQEP7F7OF4 - [0:0]", "[3:180] -A mine -g KUBE-SVC-ERIFXISQEP7F7OF4"],
            [
                "rule filter mine -g KUBE-SVC-ERIFXISQEP7F7OF4",
                "chain filter KUBE-SVC-ERIFXISQEP7F7OF4",
            ],
        ),
        (
            [":OLD_CILIUM_FORWARD - [0:0]", "-A FORWARD -j OLD_CILIUM_FORWARD"],
            ["rule filter FORWARD -j OLD_CILIUM_FORWARD", "chain filter OLD_CILIUM_FORWARD"],
        ),
        ([f"-A FORWARD {HASH} -j ACCEPT"], [f"rule filter FORWARD {HASH} -j ACCEPT"]),
        (
            ["-A FORWARD -m comment --comment cali:wUHhoiAYhphO9Mso -j ACCEPT"],
            ["rule filter FORWARD -m comment --comment cali:wUHhoiAYhphO9Mso -j ACCEPT"],
        ),
        (
            [":cali-tw-cali0123456789a - [0:0]", "-A cali-tw-cali0123456789a -j DROP"],
            ["chain filter cali-tw-cali0123456789a"],
        ),
        # Named after a policy and a profile: proven by hashes within, or in what jumps to it.
        (
            [":cali-pi-default.allow - [0:0]", f"-A cali-pi-default.allow {HASH} -j ACCEPT"],
            ["chain filter cali-pi-default.allow"],
        ),
        (
            [
                ":cali-pro-kns.office - [0:0]",
                ":cali-fw-cali0123456789a - [0:0]",
                f"-A cali-fw-cali0123456789a {HASH} -j cali-pro-kns.office",
            ],
            ["chain filter cali-pro-kns.office", "chain filter cali-fw-cali0123456789a"],
        ),
    ],
)  # fmt: skip
def test_rules_of_the_cluster_go(lines, gone):
    assert summary(removal(saved(*lines))) == gone


def test_only_what_changes_is_restored():
    other = '-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "cali-office vpn" -j ACCEPT'
    text = saved(other, table="nat") + saved(
        ":cali-INPUT - [5:300]", other, f"-A INPUT {HASH} -j cali-INPUT", "-A cali-INPUT -j ACCEPT"
    )
    assert removal(text).splitlines() == [
        "*filter",
        ":cali-INPUT - [0:0]",
        f"-D INPUT {HASH} -j cali-INPUT",
        "-X cali-INPUT",
        "COMMIT",
    ]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("cali40s:abc_-D", True), ("cali60this-host", True), ("cali4t12", True),
        ("KUBE-CLUSTER-IP", True), ("KUBE-6-NODE-PORT-LOCAL-SCTP-HASH", True),
        ("cilium_node_set_v4", True),
        ("calibration", False), ("cali4", False), ("KUBE-OFFICE", False), ("cilium_mine", False),
    ],
)  # fmt: skip
def test_names_of_sets(name, ours):
    assert _data_plane_names.ipset(name) is ours
