"""The module as Ansible runs it, on the loopback of a network namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils.path import asked
from ansible_collections.fastpath.k8s.plugins.modules import path_mtu

ROOT = Path(__file__).resolve().parents[4]
ISOLATED = ("unshare", "--net", *(["--map-root-user"] if os.getuid() else []))

PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    addresses: {localhost: 127.0.0.1, cp1: 127.0.0.2, cp2: "::1"}
  tasks:
    - fastpath.k8s.path_mtu:
        targets: "{{ addresses.keys() | fastpath.k8s.path_targets('localhost', addresses) }}"
        mtu: 9000
      check_mode: true
      register: found
    - fastpath.k8s.path_mtu:
        targets: [{name: cp1, address: 127.0.0.2}]
        source: 192.0.2.77
      register: refused
      failed_when: refused is not failed
    - ansible.builtin.copy:
        content: "{{ [found, refused.msg, checks] | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
      vars:
        checks: "{{ {'localhost': found.paths} | fastpath.k8s.path_checks({'mtu_needed': 1500}) }}"
"""


def test_a_playbook_probes_and_judges(tmp_path):
    (tmp_path / "play.yml").write_text(PLAYBOOK)
    play = f"ip link set lo up; exec {Path(sys.executable).parent}/ansible-playbook -i localhost, "
    play += f"-e result={tmp_path}/result.json {tmp_path}/play.yml"
    done = subprocess.run(
        [*ISOLATED, "sh", "-c", play],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found, refused, checks = json.loads((tmp_path / "result.json").read_text())
    assert found["changed"] is False
    assert [path["target"] for path in found["paths"]] == ["cp1", "cp2"]
    assert {(path["mtu"], path["verdict"], path["wanted"]) for path in found["paths"]} == {
        (9000, "passes", 9000)
    }
    assert found["packets"] == 4
    assert refused == ("No packet can be sent from 192.0.2.77: Cannot assign requested address.")
    (check,) = checks
    assert check["verdict"] == "ok"
    assert check["value"] == "2 targets, smallest passed 9000 bytes"


@pytest.fixture
def run(capsys, monkeypatch):
    def run(answer, **arguments):
        calls = []

        def probe(*options):
            calls.append(options)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(path_mtu.probe, "run", probe)
        with patch_module_args(arguments), pytest.raises(SystemExit):
            path_mtu.main()
        return json.loads(capsys.readouterr().out), calls

    return run


TARGETS = [{"name": "cp1", "address": "192.0.2.11"}]


def test_options_reach_the_probe(run):
    found, calls = run({"paths": [], "packets": 0}, targets=TARGETS)
    assert found["paths"] == []
    assert calls == [(TARGETS, None, asked.Limits(1.0, 3, 16, 60.0), "")]
    _found, calls = run(
        {"paths": [], "packets": 0},
        targets=TARGETS,
        mtu="1500",
        timeout=2,
        attempts=5,
        parallel=7,
        deadline=9,
        source="192.0.2.1",
    )
    assert calls == [(TARGETS, 1500, asked.Limits(2.0, 5, 7, 9.0), "192.0.2.1")]


@pytest.mark.parametrize(
    ("answer", "arguments", "message"),
    [
        (
            PermissionError(1, "Operation not permitted"),
            {},
            "Only root may send ICMP echo requests here: set become.",
        ),
        (OSError(99, "No such address"), {}, "No packet can be sent from here: No such address."),
        ({}, {"mtu": 9}, "mtu must be 68..65535 bytes, got 9."),
        ({}, {"timeout": -1}, "timeout must be more than 0, got -1.0."),
    ],
)
def test_failures_are_sentences(run, answer, arguments, message):
    found, calls = run(answer, targets=TARGETS, **arguments)
    assert (found["failed"], found["msg"]) == (True, message)
    assert bool(calls) == (not arguments)
