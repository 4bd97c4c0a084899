# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long kube-proxy is waited for. What it is asked is seen in the tests of the modules."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kube_proxy_read, _kubectl


@pytest.fixture
def kube_proxy(monkeypatch):
    """Return a function that sets what kube-proxy answers one after the other, and a clock."""
    now, left = [1000.0], []

    def read_mode(_port):
        mode = left.pop(0) if len(left) > 1 else left[0]
        return mode, "" if mode else "timed out"

    monkeypatch.setattr(_kube_proxy_read, "read_mode", read_mode)
    monkeypatch.setattr(_kube_proxy_read, "_ask", lambda _port, _path: (None, ""))
    monkeypatch.setattr(
        _kubectl, "execute_command", lambda *_a, **_k: _kubectl.Result(127, "", "no such file")
    )
    monkeypatch.setattr(_kube_proxy_read.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(_kube_proxy_read.time, "sleep", lambda s: now.__setitem__(0, now[0] + s))

    def plant(*answers):
        left[:] = answers
        return lambda: now[0] - 1000

    return plant


@pytest.mark.parametrize(
    ("answers", "seconds", "mode", "took"),
    [
        (("ipvs",), 60, "ipvs", 0),
        ((None, None, "ipvs"), 60, "ipvs", 6),
        ((None,), 6, None, 6),
        ((None, "ipvs"), 0, None, 0),
        # Whoever called has used up all of it.
        ((None, "ipvs"), -3, None, 0),
    ],
)
def test_who_does_not_answer_is_asked_again(kube_proxy, answers, seconds, mode, took):
    passed = kube_proxy(*answers)
    assert _kube_proxy_read.read(patience=seconds)["mode"] == mode
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
