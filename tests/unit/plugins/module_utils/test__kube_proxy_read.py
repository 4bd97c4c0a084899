# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long kube-proxy is waited for. What it is asked is seen in the tests of the modules."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kube_proxy_read


@pytest.fixture
def kube_proxy(monkeypatch):
    """Return a function that sets what kube-proxy answers one after the other, and a clock."""
    now, left = [1000.0], []

    def read_mode(_port):
        mode = left.pop(0) if len(left) > 1 else left[0]
        return mode, "" if mode else "timed out"

    monkeypatch.setattr(_kube_proxy_read, "read_mode", read_mode)
    monkeypatch.setattr(_kube_proxy_read.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(_kube_proxy_read.time, "sleep", lambda s: now.__setitem__(0, now[0] + s))

    def plant(*answers):
        left[:] = answers
        return lambda: now[0] - 1000

    return plant


@pytest.mark.parametrize(
    ("answers", "seconds", "took"),
    [(("ipvs",), 60, 0), ((None, None, "ipvs"), 60, 6), ((None,), 6, 6), ((None, "ipvs"), 0, 0)],
)
def test_who_does_not_answer_is_asked_again(kube_proxy, answers, seconds, took):
    passed = kube_proxy(*answers)
    _kube_proxy_read.wait_for_answer(seconds)
    assert passed() == took


@pytest.mark.parametrize(
    ("answers", "seconds", "found", "took"),
    [
        (("ipvs",), 60, ("ipvs", ""), 0),
        ((None, "iptables", "ipvs"), 60, ("ipvs", ""), 6),
        (("iptables",), 6, ("iptables", ""), 6),
        ((None,), 6, (None, "timed out"), 6),
    ],
)
def test_another_mode_is_waited_for(kube_proxy, answers, seconds, found, took):
    passed = kube_proxy(*answers)
    assert _kube_proxy_read.wait_for_mode("ipvs", seconds) == found
    assert passed() == took
