"""Port ranges."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _ports


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("8080", [(8080, 8080)]),
        (8080, [(8080, 8080)]),
        ("8080,9000-9010\n", [(8080, 8080), (9000, 9010)]),
        (" 0 , 65535 ", [(0, 0), (65535, 65535)]),
    ],
)
def test_parse_list(text, expected):
    assert _ports.parse_list(text, "ports") == expected


@pytest.mark.parametrize("text", ["x", "65536", "9010-9000", "1-2-3", "-5", None, True, 1.5, "٣"])
def test_parse_list_refuses(text):
    with pytest.raises(ValueError, match="ports must"):
        _ports.parse_list(text, "ports")


@pytest.mark.parametrize("text", ["30000", "", "a-b", 30000, None])
def test_parse_range_refuses(text):
    with pytest.raises(ValueError, match="node_port_range must be two ports"):
        _ports.parse_range(text, "node_port_range")


RANGES = st.lists(
    st.tuples(st.integers(1, 65535), st.integers(0, 200)).map(
        lambda item: (item[0], min(item[0] + item[1], 65535))
    )
)


def ports(ranges):
    return {port for first, last in ranges for port in range(first, last + 1)}


@given(RANGES, RANGES)
def test_merge_is_a_union_in_the_shortest_notation(left, right):
    merged = _ports.merge(left, right)
    assert ports(merged) == ports(left) | ports(right)
    assert all(one[1] + 1 < two[0] for one, two in pairwise(merged))


@given(RANGES)
def test_rendered_ranges_read_back(ranges):
    merged = _ports.merge(ranges)
    assert _ports.parse_list(_ports.render(merged), "ports") == merged
