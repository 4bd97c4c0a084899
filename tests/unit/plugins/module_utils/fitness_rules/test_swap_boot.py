"""Swap that comes back with the next boot."""

from __future__ import annotations

import pytest

NAME = "swap at the next boot"
FSTAB = {"by": "fstab", "what": "/dev/sda2", "unit": "dev-sda2.swap"}


@pytest.mark.parametrize(
    ("found", "verdict", "words", "fix"),
    [
        ([], "ok", "", ""),
        (None, "info", "could not be read", ""),
        ([FSTAB], "warning", "by /dev/sda2 in /etc/fstab", "remove the line of type swap from"),
        ([{"by": "unit", "what": "a.swap", "unit": "a.swap"}], "warning", "by the unit a.swap",
         "Run systemctl mask --now 'a.swap'."),
        ([{"by": "partition", "what": "/dev/sda3", "unit": "dev-sda3.swap"}], "warning",
         "by the partition /dev/sda3", "systemctl mask --now 'dev-sda3.swap'"),
        ([{"by": "zram", "what": "/dev/zram0", "unit": "dev-zram0.swap"}], "warning",
         "by /dev/zram0 of zram-generator", "Remove the package systemd-zram-generator"),
        ([FSTAB, FSTAB | {"what": "/swap"}], "warning", "and /swap in /etc/fstab", "Run swapoff"),
    ],
)  # fmt: skip
def test_swap_at_boot(one, found, verdict, words, fix):
    check = one("swap", NAME, {"swap_at_boot": found})
    assert check.verdict == verdict
    assert words in check.message
    assert fix in check.fix


def test_it_is_judged_beside_swap_that_is_on(judge):
    swap = {
        "swap": [{"device": "/dev/sda2", "size_mib": 9, "used_mib": 0}],
        "swap_at_boot": [FSTAB],
    }
    found = judge({"w1": swap})
    assert [(c.name, c.verdict) for c in found if c.id == "swap"] == [
        ("swap", "error"), (NAME, "warning")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("patch", "verdicts"),
    [
        ({"failSwapOn": False}, ("ok", "ok")),
        ({"failSwapOn": "false"}, ("ok", "ok")),
        ({"failSwapOn": True}, ("error", "warning")),
        ({"memorySwap": {}}, ("error", "warning")),
        ({"failSwapOn": []}, ("error", "warning")),
    ],
)
@pytest.mark.parametrize("target", ["kubeletconfiguration", "kubeletconfiguration1"])
def test_kubelet_may_be_planned_to_take_swap(judge, patch, verdicts, target):
    swap = {"swap": [{"device": "/dev/a", "size_mib": 9, "used_mib": 0}], "swap_at_boot": [FSTAB]}
    found = judge({"w1": swap}, kubernetes_patches={target: patch})
    assert tuple(check.verdict for check in found if check.id == "swap") == verdicts
    found = judge({"w1": swap}, kubernetes_patches={"etcd": patch})
    assert [check.verdict for check in found if check.id == "swap"] == ["error", "warning"]
