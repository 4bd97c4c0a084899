# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host stays the node that it is."""

from __future__ import annotations

import pytest


@pytest.fixture
def found(judge):
    """Return the checks of node-name for a host w1 that is the node *name* already."""

    def run(name, **names):
        hosts = {"w1": {"identity.node_name": name}}
        return [c for c in judge(hosts, node_names=names) if c.id == "node-name"]

    return run


@pytest.mark.parametrize("names", [{}, {"w1": "w1"}])
def test_the_inventory_s_name(found, names):
    (check,) = found("w1", **names)
    assert (check.host, check.verdict, check.value) == ("w1", "ok", "w1")


def test_another_name(found):
    (check,) = found("w1.example.com", w1="w1")
    assert (check.host, check.verdict) == ("w1", "error")
    assert check.message.startswith("w1 is the node w1.example.com already")
    assert check.fix.startswith("Set kubernetes_node_name: w1.example.com for w1; or ")
    assert "playbooks/reset.yml --limit w1" in check.fix


def test_a_planned_name_that_is_another(found):
    (check,) = found("w1", w1="w1.example.com")
    assert check.verdict == "error"
    assert "planned is w1.example.com" in check.message


@pytest.mark.parametrize(("name", "planned"), [("", "w1"), (None, "w1"), (7, "w1"), ("w1", "")])
def test_what_is_not_known_is_not_judged(found, name, planned):
    assert found(name, w1=planned) == []


def test_the_host_s_own_name_is_held_against_the_node_s(judge):
    def said(hostname):
        hosts = {"w1": {"identity.hostname": hostname}}
        return [c for c in judge(hosts, node_names={"w1": "ip-10-0-0-1"}) if c.name == "host name"]

    assert not said("ip-10-0-0-1.ec2.internal")
    (check,) = said("w1")
    assert "its node is called ip-10-0-0-1." in check.message
