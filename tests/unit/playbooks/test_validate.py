"""validate.yml, as a user runs it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("name", ["lab", "lab_cilium", "sample"])
def test_plan_of_an_inventory(validate, name):
    """A change of the plan is read as a diff: FASTPATH_GOLDEN=1 writes the files anew."""
    run = validate(f"inventories/{name}")
    assert run.status == 0, run.output
    assert run.lines("error") == []
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("FASTPATH_GOLDEN"):
        golden.write_text(json.dumps(run.plan, indent=2) + "\n")
    assert run.plan == json.loads(golden.read_text())


def test_the_plan_is_shown(validate):
    output = validate("inventories/sample").output
    assert "fastpath: Kubernetes 1.36.3, services by ipvs, pods by calico" in output
    assert "node1  control plane  192.0.2.11  from facts" in output


BROKEN = """
fastpath_ipvs_sheduler: rr
fastpath_max_pods: lots
fastpath_service_cidr: 192.0.2.0/24
fastpath_proxy_sync_period: 1:30
fastpath_bgp_peers:
  - {address: 192.0.2.1, as_number: 64513}
  - {address: 192.0.2.2, as_number: 65535}
other_thing: "{{ nobody }}"
"""


def test_every_problem_at_once_and_where_it_stands(validate):
    run = validate("inventories/sample", over=BROKEN)
    assert run.status == 2
    assert "Traceback" not in run.output
    assert run.plan is None
    found = {(problem["id"], problem["path"]) for problem in run.problems}
    assert found >= {
        ("unknown-variable", "fastpath_ipvs_sheduler"),
        ("type", "fastpath_max_pods"),
        ("cidr-plan", "ansible_host"),
        ("proxy-periods", "fastpath_proxy_sync_period"),
        ("bgp-peer", "fastpath_bgp_peers[1].as_number"),
    }
    (line,) = [line for line in run.lines("error") if "as_number" in line]
    assert line.startswith(
        "error [bgp-peer] fastpath_bgp_peers[1].as_number: 65535 is reserved. Fix:"
    )
    assert "k8s_cluster.yml:8:" in line


def test_a_template_that_cannot_be_evaluated_is_a_problem(validate):
    over = "fastpath_bgp_as_number: '{{ nobody }}'\n"
    run = validate("inventories/sample", over=over)
    assert run.status == 2
    (problem,) = [problem for problem in run.problems if problem["level"] == "error"]
    assert problem["path"] == "fastpath_bgp_as_number"
    assert problem["message"].startswith("cannot be evaluated:")


def test_templates_and_the_strings_of_surveys_are_read(validate):
    over = "{octet: 5, fastpath_pod_cidr: '10.24{{ octet }}.0.0/16'}\n"
    run = validate("inventories/sample", over=over, arguments=["-e", "fastpath_max_pods=110"])
    assert run.status == 0, run.output
    assert run.plan["cluster"]["pod_cidr"] == "10.245.0.0/16"


def test_errors_are_ignored_only_on_request_and_never_silently(validate):
    over = """
fastpath_service_announcers: [metallb_l2]
fastpath_ignore_problems: [strict-arp]
"""
    run = validate("inventories/sample", over=over)
    assert run.status == 0, run.output
    (line,) = run.lines("warning")
    assert line.startswith("warning [strict-arp]")
    assert "(ignored on request)" in line


def test_an_inventory_without_hosts_does_not_pass(validate):
    run = validate(hosts="kube_node: {}\n")
    assert run.status == 2
    assert {problem["path"] for problem in run.problems if problem["level"] == "error"} == {
        "fastpath_control_plane_group",
        "fastpath_node_group",
    }


def test_a_limit_leaves_nothing_out(validate):
    hosts = "kube_node: {hosts: {node3: {fastpath_node_ip: nonsense}}}\n"
    run = validate("inventories/sample", hosts=hosts, arguments=["--limit", "node2"])
    assert run.status == 2
    assert [problem["host"] for problem in run.problems if problem["level"] == "error"] == ["node3"]


def test_a_secret_stays_out_of_reports(validate):
    over = "fastpath_bgp_peers: [{address: 192.0.2.1, as_number: 64513, password: hunter2}]\n"
    run = validate("inventories/sample", over=over)
    assert run.status == 2
    assert "hunter2" not in run.output + json.dumps(run.problems)


WITHOUT_TAGS = """
fastpath_max_pods: yes
fastpath_mtu: "{{ nobody }}"
fastpath_sysctl_overrides:
  net.core.somaxconn: on
kubernetes_max_podz: 4
"""


def test_what_cannot_carry_its_origin_is_found_by_its_key(validate):
    """Booleans, templates that fail, and variables of which only the name is judged."""
    run = validate("inventories/sample", over=WITHOUT_TAGS)
    told = {problem["path"]: str(problem["origin"]) for problem in run.problems}
    lines = {path: origin.rpartition("k8s_cluster.yml:")[2] for path, origin in told.items()}
    assert lines["fastpath_max_pods"] == "2:1"
    assert lines["fastpath_mtu"] == "3:15"
    assert lines["fastpath_sysctl_overrides['net.core.somaxconn']"] == "5:3"
    assert lines["kubernetes_max_podz"].startswith("6:")


def test_the_version_of_a_role_is_judged_as_its_template_comes_out(validate):
    over = 'cilium_version: "{{ wanted }}"\nwanted: v1.20.1\n'
    (line,) = validate("inventories/lab_cilium", over=over).lines("error")
    assert line.startswith("error [version] cilium_version: is v1.20.1, and the chart's versions")
