"""Facts that an earlier run has left in a fact cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent

#: What the earlier run has found on each host of the sample.
ETH0 = {"device": "eth0", "active": True, "mtu": 1500, "module": "ice"}
ADDRESSES = {"node1": "192.0.2.11", "node2": "192.0.2.12", "node3": "192.0.2.13"}


def facts(address, kernel="6.12.1", **more):
    own = {**ETH0, "ipv4": {"address": address, "prefix": "24"}, **more}
    route = {"address": address, "interface": "eth0"}
    return {"ansible_eth0": own, "ansible_default_ipv4": route, "ansible_kernel": kernel}


KEEP = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact: {"ansible_eth0": "{{ found.ansible_eth0 }}",
        "ansible_default_ipv4": "{{ found.ansible_default_ipv4 }}",
        "ansible_kernel": "{{ found.ansible_kernel }}", "cacheable": true}
"""


def run(folder, *arguments):
    process = subprocess.run(
        [BIN / "ansible-playbook", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in process.stdout + process.stderr
    return process


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Fill a fact cache, as another run of Ansible does."""
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN", "jsonfile")
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN_CONNECTION", str(tmp_path / "facts"))

    def fill(found):
        hosts = {"all": {"hosts": {name: {"found": own} for name, own in found.items()}}}
        (tmp_path / "earlier.json").write_text(json.dumps(hosts))
        (tmp_path / "earlier.yml").write_text(KEEP)
        process = run(tmp_path, "-i", tmp_path / "earlier.json", tmp_path / "earlier.yml")
        assert process.returncode == 0, process.stdout

    return fill


def everywhere(**more):
    return {name: facts(address, **more) for name, address in ADDRESSES.items()}


OLD = "(from cached facts; asked again after this run has read them)"


@pytest.mark.parametrize(
    ("found", "over", "line"),
    [
        # The MTU was changed since, and declared.
        (everywhere(), "fastpath_node_interface_mtu: 9000",
         "warning [mtu] fastpath_node_interface_mtu: is 9000"),
        # One node had another MTU.
        ({**everywhere(), "node2": facts("192.0.2.12", mtu=9000)}, "",
         "warning [mtu] node2: fastpath_node_interface_mtu: is 9000 here"),
        # Pods are planned for a larger MTU than it was.
        (everywhere(), "fastpath_mtu: 8950",
         "warning [mtu] fastpath_mtu: 8950 exceeds"),
        # The kernel was older.
        (everywhere(kernel="5.10.0-1-amd64"), "fastpath_service_proxy: nftables",
         "warning [mode-kernel] fastpath_service_proxy: nftables needs"),
        # The interface has another name now, and a variable names it.
        (everywhere(), "fastpath_node_ip: \"{{ ansible_facts.enp1s0.ipv4.address }}\"",
         "warning [type] fastpath_node_ip: cannot be evaluated"),
        (everywhere(), "fastpath_node_ip: \"{{ hostvars[inventory_hostname].ansible_facts"
         ".enp1s0.ipv4.address }}\"",
         "warning [type] fastpath_node_ip: cannot be evaluated"),
        # An address that moved to another node: both seemed to have it.
        ({**everywhere(), "node2": facts("192.0.2.11")}, "", "warning [hosts] node2: ansible_host"),
    ],
)  # fmt: skip
def test_old_facts_end_no_run(cache, validate, found, over, line):
    cache(found)
    result = validate("inventories/sample", over=f"{over}\n")
    assert result.lines("error") == []
    assert result.status == 0, result.output
    (told,) = [found for found in result.lines("warning") if found.startswith(line)]
    assert OLD in told or "any facts" in told
    assert result.plan["hosts"]["node1"]["nic_mtu"] in (None, 9000)


def test_what_the_inventory_has_wrong_stays_an_error(cache, validate):
    cache(everywhere())
    over = "{fastpath_node_interface_mtu: 9000, fastpath_mtu: 100, fastpath_max_pods: lots}\n"
    result = validate("inventories/sample", over=over)
    assert result.status == 2
    paths = [(one["id"], one["path"]) for one in result.problems if one["level"] == "error"]
    assert sorted(paths) == [("mtu", "fastpath_mtu"), ("type", "fastpath_max_pods")]
    assert result.plan is None


def test_old_facts_without_a_fault_are_used(cache, validate):
    cache(everywhere())
    result = validate("inventories/sample")
    assert result.status == 0
    assert result.plan["hosts"]["node1"]["nic_mtu"] == 1500


JUDGE = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        __preflight_facts: {ansible_facts: {}}
      when: inventory_hostname != absent | default('')
    - fastpath.k8s.report:
        kind: preflight
        cluster: c1
        directory: "{{ fastpath_report_dir }}"
        checks: "{{ checks | default([]) }}"
        judge_facts: true
        ignore: "{{ ignore | default([]) }}"
"""


@pytest.fixture
def judge(tmp_path):
    """Judge the sample again as role preflight does; return the checks that are not ok."""

    def again(over, **extra):
        folder = tmp_path / "over"
        (folder / "group_vars").mkdir(parents=True, exist_ok=True)
        (folder / "hosts.yml").write_text("k8s_cluster: {}\n")
        (folder / "group_vars" / "k8s_cluster.yml").write_text(f"{over}\n")
        (tmp_path / "judge.yml").write_text(JUDGE)
        extra["fastpath_report_dir"] = str(tmp_path / "reports")
        process = run(
            tmp_path, "-i", ROOT / "inventories/sample", "-i", folder, tmp_path / "judge.yml",
            "-e", json.dumps(extra),
        )  # fmt: skip
        assert process.returncode == 0, process.stdout
        report = json.loads((tmp_path / "reports" / "preflight.json").read_text())
        return [check for check in report["checks"] if check["verdict"] != "ok"]

    return again


LARGE = "fastpath_node_interface_mtu: 9000"


def test_rules_are_asked_again_once_facts_are_read(cache, judge):
    cache(everywhere())
    found = judge(LARGE)
    # The same for all hosts, so told once; the inventory's own warnings are no part of it.
    (check,) = found
    assert (check["id"], check["verdict"], check["host"]) == ("mtu", "error", None)
    assert check["name"] == "fastpath_node_interface_mtu"
    assert check["message"] == "is 9000, and the host's card has 1500."


def test_a_host_that_was_not_asked_has_old_facts(cache, judge):
    cache({**everywhere(), "node3": facts("192.0.2.13", mtu=1400)})
    (check,) = judge("", absent="node3")
    assert (check["host"], check["verdict"]) == ("node3", "warning")
    assert OLD in check["message"]


def test_what_preflight_has_found_is_not_told_twice(cache, judge):
    cache(everywhere())
    known = {"id": "mtu", "host": "node1", "name": "MTU", "value": "1500", "verdict": "error",
             "message": "m", "fix": "f", "threshold": ""}  # fmt: skip
    assert [check["name"] for check in judge(LARGE, checks=[known])] == ["MTU"]


def test_what_is_ignored_is_a_warning(cache, judge):
    cache(everywhere())
    (check,) = judge(LARGE, ignore=["mtu"])
    assert check["verdict"] == "warning"


def test_facts_without_a_fault_add_nothing(cache, judge):
    cache(everywhere())
    assert judge("") == []


def test_the_role_registers_what_proves_that_facts_are_new():
    from ansible_collections.fastpath.k8s.plugins.plugin_utils import _fact_age

    tasks = (ROOT / "roles/preflight/tasks/hosts.yml").read_text()
    assert f"register: {_fact_age.READ}\n" in tasks
