"""What tasks have in their environment on sites behind a proxy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = "{{ hostvars[inventory_hostname] | fastpath.k8s.proxy_environment }}"

CODE = """
import json, os
print(json.dumps({k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}))
"""

PLAY = {
    "hosts": "all",
    "gather_facts": False,
    "connection": "local",
    "environment": ENVIRONMENT,
    "tasks": [
        {"ansible.builtin.command": {"argv": [sys.executable, "-c", CODE]}, "register": "out"},
        {"ansible.builtin.copy": {"content": "{{ out.stdout }}", "dest": "{{ to }}"}},
    ],
}


@pytest.fixture
def environment(tmp_path):
    def run(variables):
        # Variables of the inventory are in hostvars as these are; those of a play are not.
        play, to = tmp_path / "play.yml", tmp_path / "env.json"
        known = {**variables, "to": str(to), "ansible_python_interpreter": sys.executable}
        play.write_text(yaml.safe_dump([PLAY]))
        names = {name for name in os.environ if name.lower().endswith("_proxy")}
        environ = {name: value for name, value in os.environ.items() if name not in names}
        subprocess.run(
            [
                Path(sys.executable).parent / "ansible-playbook",
                "-i",
                "node1,",
                play,
                "-e",
                json.dumps(known),
            ],
            env={
                **environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
                "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
                "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
            },
            check=True,
            capture_output=True,
            cwd=tmp_path,
        )
        return json.loads(to.read_text())

    return run


def test_nothing_without_a_proxy(environment):
    assert environment({"fastpath_no_proxy": [".example.com"]}) == {}


def test_a_proxy_and_what_goes_past_it(environment):
    found = environment(
        {
            "proxy": "http://proxy.example.com:3128",
            "fastpath_https_proxy": "{{ proxy }}",
            "fastpath_no_proxy": ".example.com",
            "fastpath_node_networks": ["10.0.0.0/24"],
            "fastpath_service_cidr": "172.30.0.0/16",
        }
    )
    assert found["HTTPS_PROXY"] == found["https_proxy"] == "http://proxy.example.com:3128"
    assert found["NO_PROXY"] == found["no_proxy"]
    assert {
        *(".example.com", "10.0.0.0/24", "172.30.0.0/16", "10.244.0.0/16"),
        *(".svc", ".cluster.local"),
    } <= set(found["no_proxy"].split(","))


@pytest.mark.parametrize(
    ("playbook", "play"),
    [
        ("site.yml", "Prepare the hosts and make the control plane"),
        ("site.yml", "Join the other nodes"),
        ("site.yml", "Connect the pods and prove the cluster"),
        ("verify.yml", "Prove the cluster"),
    ],
)
def test_plays_that_call_the_api_server_have_it(playbook, play):
    plays = yaml.safe_load((ROOT / "playbooks" / playbook).read_text())
    (found,) = [item for item in plays if item["name"] == play]
    assert found["environment"] == ENVIRONMENT
