"""Variables that name other hosts, facts, or nothing that exists."""

from __future__ import annotations

import pytest

OVER = """
fastpath_control_plane_endpoint: "{{ hostvars['node1'].ansible_host }}:6443"
fastpath_expected_endpoints: "{{ groups['kube_node'] | length }}"
fastpath_node_ip: "{{ hostvars[inventory_hostname].ansible_host }}"
"""


def test_a_variable_may_name_other_hosts(validate):
    run = validate("inventories/sample", over=OVER)
    assert run.status == 0, run.output
    assert run.lines("warning") == []
    assert [host["address"] for host in run.plan["hosts"].values()] == [
        "192.0.2.11",
        "192.0.2.12",
        "192.0.2.13",
    ]


FACTS = """
fastpath_node_ip: "{{ card.ipv4.address }}"
card: "{{ ansible_facts.eth1 }}"
fastpath_node_interface_mtu: "{{ ansible_eth1.mtu | int }}"
fastpath_control_plane_endpoint: >-
  {{ hostvars['node1'].ansible_facts.default_ipv4.address }}:6443
"""


def test_facts_are_left_to_the_plays_that_read_them(validate):
    run = validate("inventories/sample", over=FACTS)
    assert run.status == 0, run.output
    assert [line.split(" needs facts ")[0] for line in run.lines("warning")] == [
        "warning [type] fastpath_control_plane_endpoint:",
        "warning [type] fastpath_node_interface_mtu:",
        "warning [type] fastpath_node_ip:",
    ]
    assert {host["address"] for host in run.plan["hosts"].values()} == {None}


def test_what_the_plan_cannot_do_without_is_named(validate):
    run = validate("inventories/sample", over="fastpath_mtu: '{{ ansible_default_ipv4.mtu }}'\n")
    assert run.status == 0, run.output
    assert run.plan is None
    assert any("there is none: it needs fastpath_mtu" in line for line in run.lines("warning"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ hostvars['node9'].x }}", "names host node9, which the inventory does not have."),
        ("{{ hostvars['node1'].mine }}", "names a variable of another host that names hostvars"),
        ("{{ fastpath_mtu }}", "refers to itself."),
        ("{{ one }}", "refers to one, which refers to itself."),
        ("{{ ansible_facts.eth1.mtu }}{{ nobody }}", "cannot be evaluated: "),
        ("{{ ansible_port }}", "cannot be evaluated: 'ansible_port' is undefined."),
        ("{{ ansible_facts.eth1.mtu | nofilter }}", "cannot be evaluated: Syntax error in"),
        ("{{ 1 | int", "cannot be evaluated: Syntax error in"),
    ],
)
def test_other_templates_that_fail_are_errors(validate, value, expected):
    loop = """one: "{{ two }}"\ntwo: "{{ one }}"\nmine: "{{ hostvars['node2'].x }}"\n"""
    run = validate("inventories/sample", over=f'{loop}fastpath_mtu: "{value}"\n')
    assert run.status == 2
    (line,) = run.lines("error")
    assert line.startswith(f"error [type] fastpath_mtu: {expected}"), line
