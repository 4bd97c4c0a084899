"""What fio says, and the numbers that many latencies become."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import disk, distribution, fio


def test_of_latencies():
    found = distribution.of_latencies([*[1_000_000] * 990, *[5_000_000] * 9, 80_000_000])
    assert found == {
        "samples": 1000,
        "p50_ms": 1.0,
        "p99_ms": 1.0,
        "p999_ms": 5.0,
        "max_ms": 80.0,
        "buckets": found["buckets"],
    }
    filled = [[upper, count] for upper, count in found["buckets"] if count]
    assert filled == [[1.0, 990], [5.012, 9], [100.0, 1]]
    # 10 in each power of ten, the empty ones between included.
    assert len(found["buckets"]) == 21


def test_of_no_latencies():
    found = distribution.of_latencies([])
    assert (found["samples"], found["p99_ms"], found["buckets"]) == (0, None, [])


def test_buckets_hold_what_is_beyond_their_ends():
    assert distribution.buckets([(1, 2), (1, 3)]) == [[0.001, 5]]
    assert distribution.buckets([(10**16, 1)]) == [[1e6, 1]]


def printed(**latency):
    """Return what fio 3.33 printed on an ext4, shortened, after a note of its."""
    sync = {
        "total_ios": 0,
        "lat_ns": {
            "min": 104676,
            "max": 12278361,
            "mean": 355312.826564,
            "stddev": 532008.37866,
            "N": 911,
            "percentile": {
                "1.000000": 117248,
                "50.000000": 240640,
                "99.000000": 1941504,
                "99.900000": 12255232,
            },
            **latency,
        },
    }
    jobs = [{"jobname": "etcd-wal", "error": 0, "write": {"clat_ns": {"max": 9}}, "sync": sync}]
    note = "note: both iodepth >= 1 and synchronous I/O engine are selected\n"
    return note + json.dumps({"fio version": "fio-3.33", "jobs": jobs})


def test_fio_with_its_bins():
    found = fio.parse(printed(bins={"104960": 600, "240640": 300, "12255232": 11}))
    assert found["samples"] == 911
    assert (found["p50_ms"], found["p99_ms"], found["p999_ms"]) == (0.2406, 1.9415, None)
    assert found["max_ms"] == 12.2784
    filled = [item for item in found["buckets"] if item[1]]
    assert filled == [[0.1259, 600], [0.2512, 300], [12.59, 11]]


@pytest.mark.parametrize(
    ("samples", "known"),
    [
        (1, []),
        (2, ["p50_ms"]),
        (99, ["p50_ms"]),
        (100, ["p50_ms", "p99_ms"]),
        (999, ["p50_ms", "p99_ms"]),
        (1000, ["p50_ms", "p99_ms", "p999_ms"]),
    ],
)
def test_few_samples_have_a_maximum_and_no_percentile(samples, known):
    of_fio = fio.parse(printed(N=samples))
    own = distribution.of_latencies(range(1_000_000, 1_000_000 + samples))
    for found in (of_fio, own):
        assert found["samples"] == samples
        assert found["max_ms"] is not None
        percentiles = ("p50_ms", "p99_ms", "p999_ms")
        assert [key for key in percentiles if found[key] is not None] == known


def test_fio_without_bins_gives_a_coarse_plot():
    found = fio.parse(printed())
    assert sum(count for _upper, count in found["buckets"]) == 911
    filled = [item for item in found["buckets"] if item[1]]
    assert filled == [[0.1259, 9], [0.2512, 447], [1.995, 446], [12.59, 9]]


@pytest.mark.parametrize(
    "text",
    ["", "fio: not found", "{", "{}", '{"jobs": []}', '{"jobs": [{"sync": null}]}',
     printed(percentile={}), printed(N=0), printed(percentile=None)],
)  # fmt: skip
def test_what_is_no_measurement(text):
    assert fio.parse(text) is None


def test_command_line():
    line = fio.command("/var/lib/x", 2300, 22, 30)
    for part in ("--fdatasync=1", "--bs=2300", "--size=22m", "--runtime=30", "--thread",
                 "--directory=/var/lib/x", "--output-format=json+"):  # fmt: skip
        assert part in line
    assert "--percentile_list=1:5:10:20" in " ".join(line)
    assert " ".join(line).count("99.9:") == 1


class Ran:
    """A host whose fio gives this result."""

    def __init__(self, result):
        self.result = result

    def has_program(self, name):
        return name == "fio"

    def run(self, _command, timeout):
        assert timeout > 3
        return self.result


def test_fio_is_preferred(tmp_path):
    found = disk.measure(Ran(_kubectl.Result(0, printed(), "")), str(tmp_path), disk.Limits(1, 3))
    assert (found["measured"], found["method"], found["samples"]) == (True, "fio", 911)


def test_a_fio_that_fails_is_replaced(tmp_path):
    ran = Ran(_kubectl.Result(1, "", "fio: engine sync not loadable"))
    found = disk.measure(ran, str(tmp_path), disk.Limits(1, 3))
    assert (found["measured"], found["method"]) == (True, "own")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_hangs_is_left_alone(tmp_path):
    ran = Ran(_kubectl.Result(124, "", "fio did not end within 13 s"))
    found = disk.measure(ran, str(tmp_path), disk.Limits(1, 3))
    assert found == {"reason": "fio did not end within 13 s", "hangs": True}
    assert list(tmp_path.iterdir()) == []
