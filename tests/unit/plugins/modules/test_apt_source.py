"""The module against this machine's apt-get, which works in a root of the test's own."""

from __future__ import annotations

import fcntl
import io
import json
import shutil
import subprocess
import sys
import threading

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_lock, _kubectl
from ansible_collections.fastpath.k8s.plugins.modules import apt_source

KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n"

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    for folder in (
        "var/lib/apt/lists/partial",
        "var/cache/apt/archives/partial",
        "var/lib/dpkg",
        "etc/apt/sources.list.d",
        "repository",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").touch()
    (tmp_path / "var/lib/apt/lists/lock").touch()
    (tmp_path / "repository/Packages").touch()
    real, ask = _kubectl.execute_command, _apt_lock.holder

    def execute(command, **options):
        # What the test has no key for is trusted: locks are its subject.
        extra = [
            "-o",
            f"Dir={tmp_path}",
            "-o",
            f"Dir::State::status={tmp_path}/var/lib/dpkg/status",
        ]
        extra += ["-o", "APT::Sandbox::User=root", "-o", "Acquire::AllowInsecureRepositories=true"]
        return real([*command, *extra], **options)

    monkeypatch.setattr(apt_source._kubectl, "execute_command", execute)
    monkeypatch.setattr(_apt_lock, "holder", lambda paths, _root="": ask(paths, str(tmp_path)))
    monkeypatch.setattr(_apt_lock, "_PAUSE", 0.05)
    monkeypatch.setattr(
        apt_source, "open_url", lambda *_arguments, **_options: io.BytesIO(KEY.encode())
    )
    return tmp_path


@pytest.fixture
def hold(root):
    script = root / "unattended-upgrade"
    script.write_text(HOLD)
    child = subprocess.Popen(
        [sys.executable, str(script), str(root / "var/lib/apt/lists/lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.stdin.close()
    child.wait()
    child.stdout.close()


@pytest.fixture
def run(root, capsys):
    def run(timeout):
        arguments = {
            "path": str(root / "etc/apt/sources.list.d/example.sources"),
            "uri": f"file:{root}/repository",
            "suite": "./",
            "key_url": "http://mirror.example.com/keyring.asc",
            "host": "n1",
            "timeout": timeout,
        }
        with patch_module_args(arguments), pytest.raises(SystemExit):
            apt_source.main()
        return json.loads(capsys.readouterr().out)

    return run


def test_another_apt_that_ends_is_waited_for(hold, run, monkeypatch):
    looks = []
    ask = _apt_lock.holder
    monkeypatch.setattr(_apt_lock, "holder", lambda *a: looks.append(ask(*a)) or looks[-1])
    threading.Timer(0.5, hold.stdin.close).start()
    run(30)
    assert looks[0].pid == hold.pid
    assert looks[-1] is None


def test_another_apt_that_does_not_end_is_named_and_the_source_taken_back(hold, run, root):
    result = run(1)
    assert f"unattended-upgrade (process {hold.pid}) on n1" in result["msg"]
    assert _apt_lock.LISTS in result["msg"]
    assert list((root / "etc/apt/sources.list.d").iterdir()) == []


def test_the_lock_that_a_look_misses_is_met_by_apt_itself(hold, run, monkeypatch):
    looks = []

    def miss(*_arguments):
        looks.append(None)

    monkeypatch.setattr(_apt_lock, "holder", miss)
    result = run(1)
    assert "apt's lock /var/lib/apt/lists/lock" in result["msg"]
    assert len(looks) > 2


def test_a_refusal_that_has_nothing_to_do_with_a_lock_is_reported_at_once(root, run):
    with open(root / "var/lib/apt/lists/lock", "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        fcntl.lockf(file, fcntl.LOCK_UN)
    shutil.rmtree(root / "repository")
    assert "lock" not in run(30)["msg"]
