"""The disk of etcd: where it is, whether it may be measured, and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import disk, flush, mounts
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

ROOT = Path(__file__).resolve().parents[5]

MOUNTINFO = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard
40 27 254:16 / /var/lib rw,noatime shared:5 master:2 - xfs /dev/vdb rw
41 40 0:50 / /var/lib/kubelet rw - tmpfs tmpfs rw
42 27 254:32 / /mnt/with\\040space ro,relatime - ext4 /dev/vdc ro
43 27 254:48 / /data rw - ext4 /dev/vdd rw
44 27 0:60 / /data rw - zfs tank/etcd rw
45 27 254:64 / /frozen rw - ext4 /dev/vde ro,errors=remount-ro
"""


@pytest.mark.parametrize(
    ("path", "point", "filesystem", "device"),
    [
        ("/var/lib/etcd", "/var/lib", "xfs", "/dev/vdb"),
        ("/var/lib", "/var/lib", "xfs", "/dev/vdb"),
        ("/var/library", "/", "ext4", "/dev/vda1"),
        ("/var/lib/kubelet/pods", "/var/lib/kubelet", "tmpfs", "tmpfs"),
        ("/mnt/with space/etcd", "/mnt/with space", "ext4", "/dev/vdc"),
        # The later of two at one place hides the other.
        ("/data/etcd", "/data", "zfs", "tank/etcd"),
    ],
)
def test_the_mount_of_a_path(path, point, filesystem, device):
    found = mounts.of(path, mounts.parse(MOUNTINFO))
    assert (found.point, found.filesystem, found.device) == (point, filesystem, device)


def test_what_may_be_written():
    writable = {mount.point: mount.writable for mount in mounts.parse(MOUNTINFO)}
    assert (writable["/"], writable["/mnt/with space"], writable["/frozen"]) == (True, False, False)


def test_the_nearest_folder_is_followed_through_links(tree):
    tree.dir("/mnt/fast/deep")
    tree.file("/mnt/file")
    tree.symlink("/var", "mnt/fast")
    assert mounts.nearest_folder(tree, "/var/lib/etcd") == "/mnt/fast"
    assert mounts.nearest_folder(tree, "/mnt/fast/deep") == "/mnt/fast/deep"
    assert mounts.nearest_folder(tree, "/mnt/file/etcd") == "/mnt"
    assert mounts.nearest_folder(tree, "/nowhere/at/all") == "/"
    assert mounts.nearest_folder(Host(), "/nosuchfolder/etcd") == "/"


@pytest.mark.parametrize(
    ("filesystem", "writable", "free", "processes", "reason"),
    [
        ("ext4", True, 1000, ["sshd", "etcdctl"], ""),
        ("xfs", True, 86, [], ""),
        ("xfs", True, 85, [], "85 MiB are free, and 86 MiB are needed"),
        ("ext4", True, 1000, ["etcd"], "etcd runs"),
        ("tmpfs", True, 1000, [], "it is on tmpfs"),
        ("ramfs", True, 1000, [], "it is on ramfs"),
        ("overlay", True, 1000, [], "it is on overlay"),
        ("ext4", False, 1000, [], "read-only"),
    ],
)
def test_refusals(filesystem, writable, free, processes, reason):
    found = disk.refusal(filesystem, writable, free, processes, 22)
    assert found.startswith(reason) if reason == "" else reason in found
    assert bool(found) == bool(reason)


def mounted(tree, filesystem, options="rw"):
    tree.dir("/var/lib")
    tree.file("/proc/self/mountinfo", f"27 1 254:0 / / {options} - {filesystem} /dev/vda1 rw\n")
    tree.has_program = lambda _name: False
    return tree


def everything_below(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def test_own_measurement_leaves_nothing(tree):
    before = everything_below(mounted(tree, "ext4").folder)
    found = disk.read(tree, "/var/lib/etcd", [], disk.Limits(1, 20))
    assert found["measured"], found["reason"]
    assert (found["method"], found["mount"], found["device"]) == ("own", "/", "/dev/vda1")
    assert found["samples"] == 1024 * 1024 // flush.BLOCK
    assert sum(count for _upper, count in found["buckets"]) == found["samples"]
    assert 0 < found["p50_ms"] <= found["p99_ms"] <= found["max_ms"]
    # 455 samples have none.
    assert found["p999_ms"] is None
    assert everything_below(tree.folder) == before


def test_where_it_is_refused_nothing_is_written(tree, monkeypatch):
    def write(*_arguments):
        raise AssertionError("a file system without a disk was written to")

    monkeypatch.setattr(flush, "folder_in", write)
    found = disk.read(mounted(tree, "tmpfs"), "/var/lib/etcd", [], disk.Limits())
    assert (found["measured"], found["p99_ms"], found["buckets"]) == (False, None, [])
    assert "tmpfs" in found["reason"]
    assert disk.read(tree, "", [], disk.Limits())["reason"]
    frozen = disk.read(mounted(tree, "ext4", "ro"), "/var/lib/etcd", [], disk.Limits())
    assert "read-only" in frozen["reason"]


def test_what_the_file_system_says_is_the_reason(tree, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device", "/var/lib/x")

    monkeypatch.setattr(flush, "latencies", full)
    before = everything_below(mounted(tree, "ext4").folder)
    found = disk.read(tree, "/var/lib/etcd", [], disk.Limits())
    assert found["reason"] == "/var/lib/x: No space left on device"
    assert everything_below(tree.folder) == before


def test_it_ends_after_its_seconds(tmp_path):
    start = time.monotonic()
    found = flush.latencies(str(tmp_path), 2000, 0.3)
    assert found
    assert time.monotonic() - start < 5


def test_every_block_is_flushed(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    assert len(flush.latencies(str(tmp_path), 1, 30)) == len(flushed) == 455
    assert (tmp_path / "wal").stat().st_size == 1024 * 1024


MEASURE = """
import sys
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import disk
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host
disk.measure(Host(), sys.argv[1], disk.Limits(2000, 60))
"""


def measuring(folder, path=os.environ["PATH"]):
    """Start a measurement that takes a minute, and return when its folder is there."""
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURE, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections"), "PATH": path},
    )
    end = time.monotonic() + 20
    while not any(folder.glob(".fastpath-*/*")):
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing(tmp_path, number):
    process = measuring(tmp_path)
    process.send_signal(number)
    assert process.wait(20) == 128 + number
    assert everything_below(tmp_path) == []


def test_what_a_killed_run_leaves_the_next_removes(tmp_path):
    process = measuring(tmp_path)
    process.kill()
    process.wait(20)
    assert len(list(tmp_path.iterdir())) == 1
    with flush.folder_in(str(tmp_path)) as place:
        assert [str(path) for path in tmp_path.iterdir()] == [place]
        # One that runs keeps its own.
        with flush.folder_in(str(tmp_path)):
            assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_signals_mean_afterwards_what_they_did_before(tmp_path):
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with flush.folder_in(str(tmp_path)):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
