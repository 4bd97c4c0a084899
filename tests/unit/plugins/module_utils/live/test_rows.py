# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils import _table
from ansible_collections.fastpath.k8s.plugins.module_utils.live import rows


def test_table(live, hosts, plan):
    lines = _table.lines(rows.status_rows(live, hosts, plan))
    assert len(lines) == 5
    assert lines[0].split("  ")[0] == "node"
    assert lines[2].split() == (
        ["cp1", "control", "plane", "6.12.57", "ipvs", "calico", "none", "9000", "9000", "2/2"]
    )
    assert _table.lines([]) == []


def test_a_host_that_was_not_read(live, plan):
    row = rows.status_rows(live, {"cp1": {}}, plan)[0]
    assert (row["node"], row["service proxy"]) == ("cp1", "-")


def test_cilium(cilium, live, hosts, plan):
    row = rows.status_rows(live, hosts, plan)[0]
    assert (row["service proxy"], row["pod network"], row["encapsulation"]) == (
        "cilium", "cilium", "none"
    )  # fmt: skip
    assert row["BGP sessions"] == "-"
    plan["bgp_peers"] = [{"address": "10.0.0.1"}]
    live["bgp"]["cp1"] = [{"name": "10.0.0.1", "state": "Established"}]
    assert rows.status_rows(live, hosts, plan)[0]["BGP sessions"] == "1/1"
