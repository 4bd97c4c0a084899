"""What kubelet refuses to start with."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("cgroup", "kubernetes", "verdict", "words"),
    [
        ({"version": 1}, "1.35.0", "error", "refuses to start with it from 1.35 on"),
        ({"version": 1}, None, "error", "refuses to start"),
        ({"version": 1}, "1.34.9", "warning", "so the cluster could not be upgraded"),
        ({"version": 2, "controllers": []}, "1.36.3", "ok", ""),
        (
            {"version": 2, "controllers": ["cpu", "io", "memory", "pids"]},
            "1.36.3",
            "error",
            "w1 lacks control group controllers that kubelet needs: cpuset.",
        ),
        (
            {"version": 2, "controllers": ["cpuset", "cpu"]},
            "1.36.3",
            "error",
            "w1 lacks control group controllers that kubelet needs: memory, pids.",
        ),
        ({"version": 3}, "1.36.3", "info", "The version of control groups of w1 could not be read"),
    ],
)
def test_control_groups(one, cgroup, kubernetes, verdict, words):
    found = one("cgroup", "control groups", {"cgroup": cgroup}, kubernetes_version=kubernetes)
    assert found.verdict == verdict
    assert words in found.message


def test_version_1_of_control_groups_is_told_with_what_to_do(one):
    found = one("cgroup", "control groups", {"cgroup.version": 1})
    assert (found.value, found.threshold) == (
        "version 1",
        "version 2 with cpu, cpuset, memory and pids",
    )
    assert found.message == (
        "w1 has control groups of version 1, and kubelet refuses to start with it from 1.35 on."
    )
    assert "systemd.unified_cgroup_hierarchy=1" in found.fix


def test_swap_is_off(one):
    assert one("swap", "swap", {"swap": []}).verdict == "ok"
    assert one("swap", "swap", {"swap": None}).verdict == "info"


def test_swap_is_told_with_its_devices(one):
    devices = [{"device": "/dev/vda2", "size_mib": 1024, "used_mib": 0}, {"device": "/swap"}]
    found = one("swap", "swap", {"swap": devices})
    assert found.verdict == "error"
    assert found.message == (
        "Swap is on at w1 (/dev/vda2 of 1024 MiB, /swap of 0 MiB), and kubelet refuses to start "
        "with it."
    )
    assert found.fix == "Run swapoff --all and remove swap from /etc/fstab."


def test_swap_in_memory_comes_from_no_fstab(one):
    found = one("swap", "swap", {"swap": [{"device": "/dev/zram0", "size_mib": 1}]})
    assert "fstab" not in found.fix
    assert "zram" in found.fix
