"""The action as a playbook runs it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[4]
BIN = Path(sys.executable).parent

CHECKS = [
    {"id": "swap", "host": "cp1", "name": "swap", "value": "none", "threshold": "none"},
    {
        "id": "mtu", "host": "cp2", "name": "MTU", "value": 1400, "threshold": 1500,
        "verdict": "error", "message": "cp2 has MTU 1400.", "fix": "Raise it.",
    },
]  # fmt: skip

PLAY = """
- hosts: all
  gather_facts: false
  # Nobody can become anyone here: the report is the controller's.
  become: true
  become_user: nobody-of-that-name
  tasks:
    - name: Write the report
      fastpath.k8s.report: {options}
      run_once: {once}
      register: report
    - name: Keep what was returned
      ansible.builtin.copy:
        dest: "{{{{ playbook_dir }}}}/{{{{ inventory_hostname }}}}.json"
        content: "{{{{ report | default({{}}) | to_json }}}}"
      connection: local
      become: false
      check_mode: false
"""


class Run:
    """What a run printed, and what the task returned on each host."""

    def __init__(self, process, folder):
        self.status = process.returncode
        self.output = process.stdout + process.stderr
        self.results = {
            path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("cp?.json"))
        }


@pytest.fixture
def play(tmp_path):
    """Run the action for three hosts that nobody can reach, in an umask that hides files."""

    def run(*arguments, files=None, once=True, **options):
        options = {"kind": "preflight", "cluster": "lab", "checks": CHECKS, **options}
        (tmp_path / "play.yml").write_text(PLAY.format(options=json.dumps(options), once=once))
        (tmp_path / "hosts.ini").write_text(
            f"cp[1:3] ansible_host=192.0.2.1 ansible_python_interpreter={sys.executable}\n"
        )
        for name, content in (files or {}).items():
            (tmp_path / name).write_text(content)
        process = subprocess.run(
            [BIN / "ansible-playbook", "-i", "hosts.ini", "play.yml", *arguments],
            cwd=tmp_path,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_SHOW_CUSTOM_STATS": "1",
            },
            capture_output=True,
            text=True,
            umask=0o077,
            timeout=300,
            check=False,
        )
        return Run(process, tmp_path)

    return run


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_it_writes_what_it_says_and_changes_nothing(play, tmp_path, arguments):
    run = play(*arguments, directory="new/reports", junit=True, created="2026-11-22T03:44:38Z")
    assert run.status == 0, run.output
    # Once, and known to all.
    assert list(run.results) == ["cp1", "cp2", "cp3"]
    result = run.results["cp3"]
    folder = tmp_path / "new/reports"
    assert sorted(path.name for path in folder.iterdir()) == [
        "preflight.html",
        "preflight.json",
        "preflight.junit.xml",
    ]
    assert {result[name] for name in ("json", "html", "junit")} == {
        str(path) for path in folder.iterdir()
    }
    assert result["changed"] is False
    assert result["summary"] == {"hosts": 2, "ok": 1, "info": 0, "warning": 0, "error": 1}
    assert result["text"] == [
        "error [mtu] cp2: MTU: cp2 has MTU 1400. Fix: Raise it.",
        "preflight: 2 hosts, 2 checks: 1 error. new/reports/preflight.html",
    ]
    document = json.loads((folder / "preflight.json").read_text())
    assert document["created"] == "2026-11-22T03:44:38Z"
    assert document["collection"].count(".") == 2
    assert document["checks"][1]["value"] == "1400"
    assert "1 error must be mended" in (folder / "preflight.html").read_text()
    assert ElementTree.parse(folder / "preflight.junit.xml").getroot().get("failures") == "1"
    assert {mode(path) for path in folder.iterdir()} == {0o644}
    assert (mode(folder), mode(folder.parent)) == (0o755, 0o755)


def test_nobody_has_to_say_that_it_runs_once(play):
    run = play(once=False)
    assert run.status == 0, run.output
    assert [host for host, result in run.results.items() if result] == ["cp1"]


def test_a_later_report_takes_the_place_of_an_earlier_one(play, tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir(mode=0o750)
    (folder / "preflight.json").write_text("old")
    (folder / "preflight.json").chmod(0o600)
    run = play()
    assert run.status == 0, run.output
    assert json.loads((folder / "preflight.json").read_text())["cluster"] == "lab"
    assert mode(folder / "preflight.json") == 0o644
    # A folder that is there is somebody's own.
    assert mode(folder) == 0o750
    assert sorted(path.name for path in folder.iterdir()) == ["preflight.html", "preflight.json"]
    assert "junit" not in run.results["cp1"]


def test_what_a_vault_holds_is_hidden(play, tmp_path):
    (tmp_path / "password").write_text("sesame\n")
    process = subprocess.run(
        [BIN / "ansible-vault", "encrypt_string", "--vault-password-file", "password",
         "--name", "secret", "openbarley"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    checks = [{**CHECKS[0], "value": "{{ secret }}"}]
    run = play(
        "--vault-password-file", "password", "-e", "@secret.yml",
        files={"secret.yml": process.stdout},
        checks=checks, details={"cp1": ["{{ secret }}"]}, junit=True,
    )  # fmt: skip
    assert run.status == 0, run.output
    document = json.loads((tmp_path / "reports/preflight.json").read_text())
    assert document["checks"][0]["value"] == "***"
    assert document["details"] == {"cp1": ["***"]}
    for path in (tmp_path / "reports").iterdir():
        assert "openbarley" not in path.read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"checks": [{"id": "swap"}]}, "The report cannot be made: checks[0] has no 'host'."),
        ({"created": "today"}, "The report cannot be made: created is 'today', and a time is"),
        ({"kind": "other"}, "value of kind must be one of: preflight, verify, got: other"),
        (
            {"directory": "play.yml/x"},
            "Not a directory. Set fastpath_report_dir to a folder that can be written.",
        ),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(play, tmp_path, options, sentence):
    run = play(**options)
    assert run.status != 0
    assert sentence in " ".join(run.output.split())
    assert "Traceback" not in run.output
    assert not (tmp_path / "reports").exists()


def test_the_summary_is_a_custom_statistic(play):
    said = play().output.partition("CUSTOM STATS")[2]
    assert '"k8s_preflight": {' in said
    assert '"error": 1' in said
