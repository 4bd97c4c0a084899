"""Size of the connection tracking table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _conntrack


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (512, 131072),
        (2048, 131072),
        (3900, 262144),
        (4096, 262144),
        (8192, 524288),
        (16384, 1048576),
        (2**20, 1048576),
    ],
)
def test_auto(memory, expected):
    assert _conntrack.conntrack(memory)["max"] == expected
    assert _conntrack.conntrack(memory, "auto") == _conntrack.conntrack(memory, None)


def test_memory_of_a_full_table():
    # 1048576 * (384 + 8) bytes
    assert _conntrack.conntrack(16384) == {"max": 1048576, "buckets": 1048576, "memory_mib": 392}


@pytest.mark.parametrize(
    ("memory", "maximum", "message"),
    [
        (0, "auto", "memory_mib"),
        (None, "auto", "memory_mib"),
        (1024, 0, "conntrack_max"),
        (1024, -1, "conntrack_max"),
        (1024, "many", "conntrack_max"),
        (1024, True, "conntrack_max"),
        (1024, 2**31, "conntrack_max"),
    ],
)
def test_refuses(memory, maximum, message):
    with pytest.raises(ValueError, match=message):
        _conntrack.conntrack(memory, maximum)


@given(st.integers(1, _conntrack.LARGEST))
def test_there_is_a_bucket_for_each_entry_in_whole_pages(maximum):
    table = _conntrack.conntrack(1024, str(maximum))
    assert table["max"] == maximum
    assert table["buckets"] % _conntrack.BUCKET_STEP == 0
    assert maximum <= table["buckets"] < maximum + _conntrack.BUCKET_STEP


@given(st.integers(1, 2**22))
def test_auto_takes_a_small_share_of_the_memory_at_most(memory):
    table = _conntrack.conntrack(memory)
    assert _conntrack.AUTO_MINIMUM <= table["max"] <= _conntrack.AUTO_MAXIMUM
    if table["max"] > _conntrack.AUTO_MINIMUM:
        assert _conntrack.memory_bytes(table["max"], table["buckets"]) * 32 <= memory * 2**20


@given(st.integers(1, 2**22), st.integers(0, 2**20))
def test_more_memory_never_shrinks_the_table(memory, more):
    assert _conntrack.auto_max(memory + more) >= _conntrack.auto_max(memory)
