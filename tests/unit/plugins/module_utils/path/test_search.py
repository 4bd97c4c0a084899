"""The search against paths that are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils.path.search import (
    LOCAL_LIMIT,
    ROUTER_LIMIT,
    Search,
)


def follow(search, passing, attempts=1, refuse=None):
    """Answer what *search* sends up to *passing* bytes; return the sizes in their order."""
    sizes = []
    while search.packets_left > 0 and (size := search.size()) is not None:
        sizes.append(size)
        if size <= passing:
            search.sent()
            search.passed(size)
        elif refuse is not None and refuse(size) is not None:
            search.refused(size, *refuse(size))
        else:
            for _attempt in range(attempts):
                search.sent()
            search.lost(size)
    return sizes


@pytest.mark.parametrize(
    ("wanted", "passing", "result", "sizes"),
    [
        (1500, 9000, (1500, "passes", ""), [576, 1500]),
        (1500, 1499, (1499, "black_hole", ""), None),
        (1500, 1400, (1400, "black_hole", ""), None),
        (1500, 576, (576, "black_hole", ""), None),
        (1500, 575, (None, "unreachable", ""), [576]),
        (576, 576, (576, "passes", ""), [576]),
        (400, 400, (400, "passes", ""), [400]),
        (577, 576, (576, "black_hole", ""), [576, 577]),
    ],
)
def test_the_largest_size_is_found(wanted, passing, result, sizes):
    search = Search(wanted, 576, 3)
    tried = follow(search, passing, 3)
    assert search.result() == result
    assert sizes is None or tried == sizes


@given(st.integers(577, 65535), st.integers(0, 65535), st.integers(1, 5))
def test_the_largest_size_is_found_with_few_packets(wanted, passing, attempts):
    search = Search(wanted, 576, attempts)
    allowed = attempts * (math.ceil(math.log2(wanted - 576)) + 2)
    assert search.packets_left == allowed
    follow(search, passing, attempts)
    assert search.packets_left >= 0
    assert search.size() is None
    assert (search.result()[0] or 0) == (min(passing, wanted) if passing >= 576 else 0)


@pytest.mark.parametrize(
    ("limit", "sizes"),
    [
        (1400, [576, 1500, 1400]),
        # What is no limit for this packet is not believed (RFC 1191: old routers name 0).
        (0, None),
        (1500, None),
        (68, None),
    ],
)
def test_what_a_router_names_is_tried_next(limit, sizes):
    search = Search(1500, 576, 3)
    tried = follow(search, 1400, 3, lambda _size: (ROUTER_LIMIT, "192.0.2.254", limit))
    assert search.result() == (1400, "router_limit", "192.0.2.254")
    assert sizes is None or tried == sizes


def test_routers_in_a_row():
    search = Search(9000, 576, 3)

    def refuse(size):
        return (ROUTER_LIMIT, "far", 1500) if size <= 4000 else (ROUTER_LIMIT, "near", 4000)

    assert follow(search, 1500, 3, refuse) == [576, 9000, 4000, 1500]
    assert search.result() == (1500, "router_limit", "far")


def test_a_router_that_names_more_than_what_passes():
    search = Search(1500, 576, 3)
    follow(search, 1300, 3, lambda size: (ROUTER_LIMIT, "r", 1400) if size > 1400 else None)
    assert search.result() == (1300, "black_hole", "")


@pytest.mark.parametrize(("limit", "mtu"), [(1400, 1400), (300, 300), (0, None)])
def test_the_interface_is_the_limit(limit, mtu):
    search = Search(1500, 576, 3)
    follow(search, limit, 3, lambda _size: (LOCAL_LIMIT, "eth0", limit))
    assert search.result() == (mtu, "local_limit", "eth0")


def test_a_late_answer_counts():
    search = Search(1500, 576, 3)
    search.passed(576)
    search.lost(1500)
    assert search.size() == 1038
    search.lost(1038)
    search.passed(1500)
    assert search.size() is None
    assert search.result() == (1500, "passes", "")


def test_a_late_answer_of_a_smaller_size_moves_the_search_up():
    search = Search(1500, 576, 3)
    search.passed(576)
    search.lost(1500)
    search.lost(1038)
    search.passed(1038)
    assert search.size() == (1038 + 1500) // 2


def test_a_search_that_is_not_over_knows_nothing():
    search = Search(1500, 576, 3)
    search.passed(576)
    assert search.result() == (576, "unknown", "")
