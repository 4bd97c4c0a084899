from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Run:
    """What one run of validate.yml printed and wrote."""

    def __init__(self, process, reports):
        self.status = process.returncode
        self.output = process.stdout + process.stderr
        self.problems = json.loads((reports / "validate.json").read_text())
        plan = reports / "plan.json"
        self.plan = json.loads(plan.read_text()) if plan.exists() else None

    def lines(self, level):
        return [line for line in self.output.splitlines() if line.startswith(f"{level} [")]


@pytest.fixture
def validate(tmp_path):
    """Run validate.yml against inventories, with variables of the cluster and hosts over them."""

    def run(*inventories, over="", hosts="k8s_cluster: {}\n", arguments=()):
        reports = tmp_path / "reports"
        folder = tmp_path / "over"
        (folder / "group_vars").mkdir(parents=True, exist_ok=True)
        (folder / "hosts.yml").write_text(hosts)
        (folder / "group_vars" / "k8s_cluster.yml").write_text(over)
        sources = [*(str(ROOT / inventory) for inventory in inventories), str(folder)]
        process = subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                ROOT / "playbooks" / "validate.yml",
                *(word for source in sources for word in ("-i", source)),
                "-e",
                f"fastpath_report_dir={reports}",
                *arguments,
            ],
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
        return Run(process, reports)

    return run
