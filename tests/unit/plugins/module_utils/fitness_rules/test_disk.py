"""The disk under etcd."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("host", "p99", "verdict"),
    [
        ("cp1", 0.0199, "warning"),
        ("cp1", 0.02, "ok"),
        ("cp1", 9.99, "ok"),
        ("cp1", 10, "warning"),
        ("cp1", 20, "warning"),
        ("cp1", 20.01, "error"),
        ("w1", 300, "ok"),
        ("w1", 0.001, "ok"),
    ],
)
def test_latency(one, host, p99, verdict):
    assert one("disk", "fdatasync", {"disk.p99_ms": p99}, host).verdict == verdict


def test_what_was_measured_is_told(one):
    found = one("disk", "fdatasync", {}, "cp1")
    assert found.value == "p99 1.25 ms (p50 0.5, p99.9 2.5, max 9, 10030 writes, fio)"
    assert found.threshold == "p99 below 10 ms"


def test_a_slow_disk_is_told(one):
    found = one("disk", "fdatasync", {"disk.p99_ms": 48.2}, "cp1")
    assert found.message == (
        "The disk under /var/lib/etcd of cp1 takes 48.2 ms for fdatasync (p99), and 20 ms are the "
        "limit: etcd would miss heartbeats."
    )
    assert found.fix.startswith("Put /var/lib/etcd on a flash disk with power-loss protection")
    found = one("disk", "fdatasync", {"disk.p99_ms": 12}, "cp1")
    assert found.message == (
        "The disk under /var/lib/etcd of cp1 takes 12 ms for fdatasync (p99), and etcd wants less "
        "than 10 ms: it would be slow at times."
    )


@pytest.mark.parametrize("p99", [None, 4.0])
@pytest.mark.parametrize(
    ("samples", "most", "verdict"),
    [(5, 9.99, "ok"), (99, 12, "warning"), (60, 900, "error"), (5, 0.01, "warning")],
)
def test_of_few_writes_the_maximum_is_judged_and_called_so(one, samples, most, verdict, p99):
    changes = {
        "disk.samples": samples,
        "disk.p99_ms": p99,
        "disk.p999_ms": None,
        "disk.max_ms": most,
    }
    found = one("disk", "fdatasync", changes, "cp1")
    assert found.verdict == verdict
    assert found.value.startswith(f"max {most} ms (p50 0.5, {samples} writes")
    assert found.threshold.startswith("max below 10 ms")
    assert "p99 " not in found.value
    if verdict != "ok":
        assert f"(the maximum of {samples} writes, too few for a p99)" in found.message


def test_a_disk_without_a_write_is_not_measured(one):
    changes = {"disk.samples": 0, "disk.p99_ms": None, "disk.max_ms": None}
    assert one("disk", "fdatasync", changes, "cp1").value == "not measured"


def test_the_folder_of_the_advice_is_the_planned_one(one):
    found = one("disk", "fdatasync", {"disk.p99_ms": 48, "disk.path": "/srv/etcd"}, "cp1")
    assert found.fix.startswith("Put /srv/etcd on a flash disk")


def test_a_disk_that_lies_is_told(one):
    found = one("disk", "fdatasync", {"disk.p99_ms": 0.0042}, "cp1")
    assert found.message == (
        "The disk under /var/lib/etcd of cp1 takes 0.0042 ms for fdatasync (p99), less than 0.02 "
        "ms: a cache says that data is safe which a power cut would take."
    )


@pytest.mark.parametrize(
    ("host", "filesystem", "verdict"),
    [
        ("cp1", "tmpfs", "error"),
        ("cp1", "ramfs", "error"),
        ("w1", "tmpfs", "ok"),
        ("cp1", "xfs", "ok"),
    ],
)
def test_memory_is_no_disk(one, host, filesystem, verdict):
    assert one("disk", "fdatasync", {"disk.filesystem": filesystem}, host).verdict == verdict


def test_memory_under_etcd_is_told(one):
    changes = {"disk.filesystem": "tmpfs", "disk.measured": False, "disk.p99_ms": None}
    found = one("disk", "fdatasync", changes, "cp1")
    assert found.message == (
        "/var/lib/etcd of cp1 lies on tmpfs: etcd's data would be gone with the next start."
    )


def test_a_disk_that_was_not_measured_is_told_with_the_reason(one):
    reason = "etcd runs on this host, and the measurement would delay it"
    # What an earlier measurement left does not count.
    changes = {"disk.measured": False, "disk.reason": f"{reason}."}
    found = one("disk", "fdatasync", changes, "cp1")
    assert (found.verdict, found.value) == ("info", "not measured")
    assert found.message == f"The disk under /var/lib/etcd of cp1 was not measured: {reason}."
    assert one("disk", "fdatasync", changes) is None
    found = one("disk", "fdatasync", {"disk": None}, "cp1")
    assert found.message.endswith("was not measured: the reason is not known.")


def test_a_disk_that_hangs_is_an_error_where_etcd_will_be(one):
    changes = {
        "disk.measured": False, "disk.p99_ms": None, "disk.hangs": True,
        "disk.reason": "fio did not end within 40 s",
    }  # fmt: skip
    found = one("disk", "fdatasync", changes, "cp1")
    assert (found.verdict, found.value) == ("error", "hangs")
    assert found.message == (
        "The disk under /var/lib/etcd of cp1 hangs, or is far too slow: fio did not end within "
        "40 s."
    )
    assert found.fix.startswith("Put /var/lib/etcd on a flash disk")
    assert one("disk", "fdatasync", changes) is None


def test_limits_are_the_users(one):
    limits = {"fsync_p99_error": 100, "fsync_p99_warning": 50}
    assert one("disk", "fdatasync", {"disk.p99_ms": 49}, "cp1", limits).verdict == "ok"


@pytest.mark.parametrize(("free", "verdict"), [(4095, "warning"), (4096, "ok")])
def test_space(one, free, verdict):
    assert one("disk", "free disk space", {"disk.free_mib": free}).verdict == verdict


def test_too_little_space_is_told(one):
    found = one("disk", "free disk space", {"disk.free_mib": 812, "disk.mount": "/var"})
    assert (found.value, found.threshold) == ("812 MiB on /var", "at least 4096 MiB")
    assert found.message == (
        "/var of w1 has 812 MiB left, and 4096 MiB are wanted for images, logs and etcd."
    )


def test_a_worker_that_was_not_asked_is_not_told(one):
    asked_nothing = {"disk.path": "", "disk.free_mib": None}
    assert one("disk", "free disk space", asked_nothing) is None
    assert one("disk", "free disk space", asked_nothing, "cp1").verdict == "info"
