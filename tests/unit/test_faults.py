# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that molecule plants: each can be taken back, and none is planted in another host."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

PLAYBOOKS = Path(__file__).resolve().parents[2] / "molecule/playbooks"
PARTS = [PLAYBOOKS / f"files/faults/{name}.sh" for name in ("common", "host", "node", "cluster")]
TEXT = "\n".join(part.read_text() for part in PARTS)

#: As iptables-save prints what mode iptables has made, shortened.
CHAINS = """\
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-KUBELET-CANARY - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAA - [0:0]
:KUBE-SEP-BBBB - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a -j b" -j KUBE-SVC-AAAA
-A KUBE-SVC-AAAA -m statistic --mode random --probability 0.5 -j KUBE-SEP-BBBB
-A KUBE-SEP-BBBB -s 10.0.0.1/32 -j KUBE-MARK-MASQ
COMMIT
"""


def run(command: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f"{TEXT}\n{command}"], input=text, capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip


def names(value: Any, action: str = "") -> set[tuple[str, str]]:
    """Return the faults that a playbook names, with what is done to them."""
    if isinstance(value, list):
        return set().union(*(names(item, action) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = names(list(value.values()))
    if "faults_names" in value:
        words = re.findall(r"'(\w+)'", value["faults_names"])
        found |= {(value["faults_action"], word) for word in words}
    return found


def test_what_is_planted_is_taken_back() -> None:
    done = set()
    for playbook in PLAYBOOKS.glob("prove_*.yml"):
        done |= names(yaml.safe_load(playbook.read_text()))
    planted = {name for action, name in done if action == "plant"}
    removed = {name for action, name in done if action == "remove"}
    assert len(planted) >= 14
    assert planted <= removed
    for action, name in done:
        assert f"\n{action}_{name}() {{" in TEXT


def test_no_other_host_is_touched(tmp_path: Path) -> None:
    command = f"state={tmp_path}/state; plant_mark() {{ touch {tmp_path}/mark; }}; main plant mark"
    refused = run(command, FAULTS_HOST="no.such.host")
    assert refused.returncode == 1
    assert "and no.such.host is meant." in refused.stderr
    assert not list(tmp_path.iterdir())
    assert run(command, FAULTS_HOST=os.uname().nodename).returncode == 0
    assert (tmp_path / "mark").exists()


def test_one_that_cannot_be_taken_back_keeps_none_of_the_others(tmp_path: Path) -> None:
    command = f"""state={tmp_path}/state
        remove_first() {{ false; touch {tmp_path}/first; }}
        remove_second() {{ touch {tmp_path}/second; }}
        main remove first second"""
    done = run(command, FAULTS_HOST=os.uname().nodename)
    assert done.returncode == 1
    assert done.stderr == "These could not be taken back: first\n"
    assert not (tmp_path / "first").exists()
    assert (tmp_path / "second").exists()


def test_what_was_is_kept_over_a_second_try(tmp_path: Path) -> None:
    done = run(f"state={tmp_path}; echo old | keep it; echo new | keep it; cat {tmp_path}/it")
    assert done.stdout == "old\n"


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        (
            "nat",
            CHAINS,
            "*nat\n:KUBE-SVC-AAAA - [0:0]\n:KUBE-SEP-BBBB - [0:0]\n"
            "-D KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment \"a -j b\""
            " -j KUBE-SVC-AAAA\n-X KUBE-SVC-AAAA\n-X KUBE-SEP-BBBB\nCOMMIT\n",
        ),
        (
            "filter",
            ":KUBE-SERVICES - [0:0]\n:KUBE-FORWARD - [0:0]\n-A OUTPUT -j KUBE-SERVICES\n"
            "-A FORWARD -j KUBE-FORWARD\n",
            "*filter\n:KUBE-SERVICES - [0:0]\n-D OUTPUT -j KUBE-SERVICES\n-X KUBE-SERVICES\n"
            "COMMIT\n",
        ),
        ("mangle", ":KUBE-IPTABLES-HINT - [0:0]\n", "*mangle\nCOMMIT\n"),
    ],
)  # fmt: skip
def test_only_chains_of_mode_iptables_are_cleared(table: str, text: str, expected: str) -> None:
    assert run(f"stale_chains {table}", text).stdout == expected
