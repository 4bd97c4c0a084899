"""Writing what has systemd-networkd keep the routes of a pod network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _networkd
from ansible_collections.fastpath.k8s.plugins.modules import networkd_config

ROLES = Path(__file__).resolve().parents[4] / "roles"

NO = _networkd.Setting("no", "/etc/systemd/networkd.conf.d/fastpath.conf")
KEPT = dict.fromkeys(_networkd.KEYS, NO)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    path = tmp_path / "networkd.conf.d" / "fastpath.conf"
    monkeypatch.setattr(_networkd, "PATH", str(path))
    restarts = []

    def restart():
        restarts.append(path.read_text() if path.exists() else None)
        return _kubectl.Result(0, "", "")

    monkeypatch.setattr(_networkd, "restart", restart)

    def run(used=True, running=True, settings=(), in_force=True, other=(), **arguments):
        state = _networkd.State(used, running, dict(settings), in_force)
        monkeypatch.setattr(_networkd, "read", lambda: state)
        monkeypatch.setattr(_networkd, "overridden", lambda _state: list(other))
        with patch_module_args(arguments), pytest.raises(SystemExit):
            networkd_config.main()
        return json.loads(capsys.readouterr().out), path, restarts

    return run


def test_the_file_is_there_before_the_restart(run):
    result, path, restarts = run()
    assert (result["changed"], result["restarted"]) == (True, True)
    assert path.read_text() == _networkd.TEXT
    # At the restart before it, the routes would have been dropped.
    assert restarts == [_networkd.TEXT]


def test_a_second_run_changes_nothing(run):
    result, path, restarts = run(settings=KEPT)
    assert (result["changed"], path.exists(), restarts) == (False, False, [])


def test_a_run_that_was_interrupted_before_the_restart_is_completed(run):
    result, _path, restarts = run(settings=KEPT, in_force=False)
    assert (result["changed"], result["restarted"], len(restarts)) == (True, True, 1)


def test_nothing_where_networkd_is_not_used(run):
    result, path, restarts = run(used=False, running=False, in_force=None)
    assert (result["changed"], path.exists(), restarts) == (False, False, [])


def test_one_that_is_enabled_reads_the_file_at_its_start(run):
    result, path, restarts = run(running=False, in_force=None)
    assert (result["changed"], path.exists(), restarts) == (True, True, [])


def test_a_file_that_ranks_above_is_named_and_kept(run, monkeypatch):
    warned = []
    monkeypatch.setattr(
        networkd_config.AnsibleModule, "warn", lambda _self, text: warned.append(text)
    )
    other = _networkd.Setting("yes", "/etc/systemd/networkd.conf.d/zz.conf")
    _result, _path, restarts = run(settings={_networkd.KEYS[0]: other}, other=[other])
    assert "/etc/systemd/networkd.conf.d/zz.conf" in warned[0]
    assert restarts == []


def test_preview(run):
    result, path, restarts = run(_ansible_check_mode=True, _ansible_diff=True)
    assert (result["changed"], path.exists(), restarts) == (True, False, [])
    assert result["diff"]["after"] == _networkd.TEXT


@pytest.mark.parametrize("role", ["calico", "cilium"])
def test_both_pod_networks_are_guarded_before_they_are_installed(role):
    first, *_rest = yaml.safe_load((ROLES / role / "tasks/main.yml").read_text())
    assert "fastpath.k8s.networkd_config" in first
    assert "when" not in first
