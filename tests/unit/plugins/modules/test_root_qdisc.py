"""The module against a tc that keeps what it is told."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _memory, _qdisc
from ansible_collections.fastpath.k8s.plugins.modules import root_qdisc


class Tc:
    """Cards with one queue each; the kernel chooses ``default`` where nobody does."""

    def __init__(self):
        self.default = "fq_codel"
        self.roots = {"lo": None, "eth0": None, "eth1": ("htb", "1:")}
        self.commands = []
        self.handles = iter(f"{number:04x}:" for number in range(0x8001, 0x8100))

    def execute(self, command, **_options):
        words = list(command)
        card = words[words.index("dev") + 1]
        if "show" in words:
            kind, handle = self.roots[card] or (self.default, "0:")
            text = json.dumps([{"kind": kind, "handle": handle, "root": True}])
            return _kubectl.Result(0, text, "")
        self.commands.append(" ".join(words))
        self.roots[card] = (words[-1], next(self.handles)) if "replace" in words else None
        return _kubectl.Result(0, "", "")


@pytest.fixture
def tc(tmp_path, monkeypatch):
    tc = Tc()
    monkeypatch.setattr(_kubectl, "execute_command", tc.execute)
    monkeypatch.setattr(_qdisc, "network_cards", lambda: ["eth0", "eth1"])
    monkeypatch.setattr(_memory, "FOLDER", str(tmp_path / "memory"))
    monkeypatch.setattr(root_qdisc.os, "listdir", lambda _folder: list(tc.roots))
    return tc


@pytest.fixture
def run(capsys, monkeypatch):
    def run(**arguments):
        warned = []
        # Ansible says each sentence once in a process, and all tests run in one.
        monkeypatch.setattr(
            root_qdisc.AnsibleModule, "warn", lambda _module, text: warned.append(text)
        )
        with patch_module_args(arguments), pytest.raises(SystemExit):
            root_qdisc.main()
        return {**json.loads(capsys.readouterr().out), "warnings": warned}

    return run


def test_cards_get_what_is_wanted_once(tc, run):
    result = run(qdisc="fq")
    assert (result["changed"], result["configured"]) == (True, {"eth1": "htb"})
    assert "eth1 keeps htb" in str(result["warnings"])
    assert tc.commands == ["tc qdisc replace dev eth0 root fq"]
    assert not run(qdisc="fq")["changed"]


def test_check_mode_runs_nothing_and_remembers_nothing(tc, run, tmp_path):
    result = run(qdisc="fq", _ansible_check_mode=True)
    assert result["commands"] == ["tc qdisc replace dev eth0 root fq"]
    assert result["diff"]["after"] == "fq on eth0\nhtb on eth1\n"
    assert tc.commands == []
    assert not (tmp_path / "memory").exists()


def test_what_it_has_made_it_takes_back(tc, run, tmp_path):
    run(qdisc="fq")
    preview = run(state="absent", qdisc="fq_codel", _ansible_check_mode=True)
    assert run(state="absent", qdisc="fq_codel") == preview
    assert tc.roots["eth0"] is None
    assert tc.roots["eth1"] == ("htb", "1:")
    assert not (tmp_path / "memory").exists()
    assert not run(state="absent")["changed"]


def test_what_somebody_has_made_since_stays(tc, run):
    run(qdisc="fq")
    tc.roots["eth0"] = ("sfq", "10:")
    assert run(qdisc="fq")["configured"]["eth0"] == "sfq"
    assert run(state="absent", qdisc="fq_codel")["configured"] == {"eth0": "sfq"}
    assert tc.roots["eth0"] == ("sfq", "10:")


def test_its_own_follows_the_profile(tc, run):
    run(qdisc="fq")
    run(qdisc="pie")
    assert tc.roots["eth0"][0] == "pie"


def test_a_card_that_is_gone_is_forgotten(tc, run, tmp_path):
    run(qdisc="fq")
    del tc.roots["eth0"]
    assert not run(state="absent")["changed"]
    assert not (tmp_path / "memory").exists()


def test_a_host_without_tc_is_told_the_package(tc, run, monkeypatch):
    monkeypatch.setattr(
        _kubectl, "execute_command", lambda *_a, **_k: _kubectl.Result(127, "", "tc: No such file")
    )
    assert "install iproute2 (Debian, Ubuntu) or iproute-tc" in run(qdisc="fq")["msg"]
