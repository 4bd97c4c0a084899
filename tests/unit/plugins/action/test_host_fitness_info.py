"""How far a host's clock can be off, from what the controller's says before and after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.fastpath.k8s.plugins.action import host_fitness_info

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def run(monkeypatch):
    """Run the plugin on a controller whose clock the way to the host and back moves on."""

    def run(*, before, after, result):
        now = [before]
        monkeypatch.setattr(host_fitness_info.time, "time", lambda: now[0])
        monkeypatch.setattr(ActionBase, "run", lambda *_arguments, **_options: {"invoked": True})
        plugin = object.__new__(host_fitness_info.ActionModule)

        def execute(**options):
            assert options == {"task_vars": {"a": 1}}
            now[0] = after
            return result

        monkeypatch.setattr(plugin, "_execute_module", execute, raising=False)
        return plugin.run(task_vars={"a": 1})

    return run


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0.0, [-1.0, 2.0]), (60.0, [59.0, 62.0]), (-60.0, [-61.0, -58.0])],
)
def test_the_offset_lies_between_what_the_way_allows(run, offset, expected):
    """2 s to the host, 10 s there, 1 s back."""
    host = {"start": 1002.0 + offset, "end": 1012.0 + offset}
    outcome = run(before=1000.0, after=1013.0, result={"fitness": {"time": host, "swap": []}})
    assert outcome["fitness"]["time"] == {**host, "offset_s": expected}
    low, high = expected
    assert low <= offset <= high
    assert (outcome["fitness"]["swap"], outcome["invoked"]) == ([], True)


@pytest.mark.parametrize("result", [{"failed": True, "msg": "x"}, {"unreachable": True}])
def test_what_failed_is_handed_on(run, result):
    assert run(before=1.0, after=2.0, result=result) == {**result, "invoked": True}


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_whole_run_of_ansible(tmp_path, check):
    """Against this machine: with its disk, unless that is in memory; nothing of it stays."""
    arguments = {"disk_path": str(tmp_path / "etcd"), "disk_size_mib": 1, "disk_seconds": 5,
                 "interval": 1, "interface": "lo", "modules": ["no_such_module"]}  # fmt: skip
    start = time.monotonic()
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible", "localhost", "--connection=local", *check,
         "--inventory=localhost,", "--module-name=fastpath.k8s.host_fitness_info",
         f"--extra-vars=ansible_python_interpreter={sys.executable}",
         f"--args={json.dumps(arguments)}"],
        cwd=tmp_path,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
             "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
             "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout[done.stdout.index("{") :])
    fitness = result["fitness"]
    assert result["changed"] is False
    assert time.monotonic() - start < 60
    low, high = fitness["time"]["offset_s"]
    assert low <= 0 <= high
    assert fitness["kernel"]["missing_modules"] == ["no_such_module"]
    assert fitness["cpu"]["interval_s"] >= 1
    assert fitness["disk"]["measured"] or "it is on" in fitness["disk"]["reason"]
    assert list(tmp_path.iterdir()) == []
