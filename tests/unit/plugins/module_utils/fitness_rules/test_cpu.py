"""Processors and memory."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("host", "count", "verdict"),
    [("cp1", 1, "error"), ("cp1", 2, "ok"), ("w1", 1, "ok"), ("cp1", None, "info")],
)
def test_a_control_plane_has_two_cpus(one, host, count, verdict):
    assert one("cpu", "CPUs", {"cpu.count": count}, host).verdict == verdict


def test_too_few_cpus_are_told(one):
    found = one("cpu", "CPUs", {"cpu.count": 1}, "cp1")
    assert (found.value, found.threshold) == ("1", "at least 2")
    assert found.message == ("cp1 is to be a control-plane node with 1 CPU, and kubeadm wants 2.")


@pytest.mark.parametrize(
    ("steal", "hypervisor", "verdict"),
    [
        (0, "", "ok"),
        (0, "KVM", "info"),
        (0.49, "KVM", "ok"),
        (0.5, "KVM", "warning"),
        (2, "KVM", "warning"),
        (2.01, "KVM", "error"),
        (None, "KVM", "info"),
    ],
)
def test_steal(one, steal, hypervisor, verdict):
    changes = {"cpu.steal_percent": steal, "cpu.hypervisor": hypervisor}
    assert one("cpu-steal", "CPU steal", changes).verdict == verdict


def test_steal_is_told_with_its_time_and_limit(one):
    changes = {"cpu.steal_percent": 3.456, "cpu.hypervisor": "KVM"}
    found = one("cpu-steal", "CPU steal", changes)
    assert (found.value, found.threshold) == ("3.456 % over 10 s", "below 0.5 %")
    assert found.message == (
        "The hypervisor took 3.456 % over 10 s of the CPU time of w1 away, and 2 % are the limit: "
        "packets wait as long."
    )
    small = one("cpu-steal", "CPU steal", {**changes, "cpu.steal_percent": 0.7})
    assert "and 0.5 % are the limit" in small.message


def test_no_steal_under_a_hypervisor_proves_little(one):
    found = one("cpu-steal", "CPU steal", {"cpu.hypervisor": "KVM"})
    assert found.message == (
        "w1 runs under KVM and tells no CPU steal: it may be none, or the hypervisor may hide it."
    )


def test_limits_of_steal_are_the_users(one):
    limits = {"steal_warning": 5, "steal_error": 10}
    changes = {"cpu.steal_percent": 4.9}
    assert one("cpu-steal", "CPU steal", changes, limits=limits).verdict == "ok"


@pytest.mark.parametrize(
    ("governors", "verdict"),
    [
        (["performance"], "ok"),
        (["performance", "performance"], "ok"),
        (["powersave"], "warning"),
        (["performance", "schedutil"], "warning"),
        ([], "info"),
        (None, "info"),
    ],
)
def test_governor(one, governors, verdict):
    found = one("cpu-governor", "CPU governor", {"cpu.governors": governors})
    assert found.verdict == verdict


def test_another_governor_is_told(one):
    changes = {"cpu.governors": ["performance", "schedutil", "powersave"]}
    found = one("cpu-governor", "CPU governor", changes)
    assert found.message == (
        "CPUs of w1 have the governor powersave and schedutil: a CPU that was idle is slow when a "
        "packet comes."
    )


@pytest.mark.parametrize(
    ("host", "memory", "verdict"),
    [
        ("cp1", 1699, "error"),
        ("cp1", 1700, "ok"),
        ("w1", 1699, "warning"),
        ("w1", 1700, "ok"),
        ("w1", None, "info"),
    ],
)
def test_memory(one, host, memory, verdict):
    assert one("memory", "memory", {"memory_mib": memory}, host).verdict == verdict


def test_too_little_memory_is_told(one):
    found = one("memory", "memory", {"memory_mib": 972}, "cp1")
    assert (found.value, found.threshold) == ("972 MiB", "at least 1700 MiB")
    assert found.message == (
        "cp1 is to be a control-plane node with 972 MiB of memory, and kubeadm wants 1700 MiB."
    )
    assert found.fix == "Give it more memory, or make it a worker."
    found = one("memory", "memory", {"memory_mib": 972})
    assert found.fix == "Give it more memory."
    assert found.message == (
        "w1 is to be a worker with 972 MiB of memory, and below 1700 MiB little is left for pods."
    )


def test_limits_of_memory_are_those_of_the_role(one):
    limits = {"memory_worker_mib": 900, "memory_control_plane_mib": 3000}
    assert one("memory", "memory", {"memory_mib": 972}, limits=limits).verdict == "ok"
    assert one("memory", "memory", {"memory_mib": 2900}, "cp1", limits).verdict == "error"
