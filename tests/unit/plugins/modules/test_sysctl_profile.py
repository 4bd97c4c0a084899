"""The module as a process, against a tree that stands for a host."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

PATH = "/etc/sysctl.d/90-fastpath.conf"

#: So many that a good part of a run is the writing of them.
KEYS = [f"test.key{number}" for number in range(400)]

PROGRAM = """
import json, sys
print("starts", flush=True)
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fastpath.k8s.plugins.modules import sysctl_profile
print("begun", flush=True)
with patch_module_args(json.loads(sys.argv[1])):
    sysctl_profile.main()
"""


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "proc/sys/test"
    folder.mkdir(parents=True)
    for key in KEYS:
        (folder / key.partition(".")[2]).write_text("0\n")
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    return tmp_path


def start(root, **arguments):
    arguments = {"root": str(root), "path": PATH, **arguments}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(root, **arguments):
    with start(root, **arguments) as process:
        output = process.stdout.read().removeprefix("starts\nbegun\n")
        return process.wait(), json.loads(output)


def wait_until_it(says, process):
    while process.stdout.readline() not in (f"{says}\n", ""):
        pass


def state(root):
    """The values of the file and of the kernel, which are one each where nothing is half done."""
    file = root / PATH.lstrip("/")
    in_file = {line.partition(" = ")[2] for line in file.read_text().splitlines() if " = " in line}
    in_kernel = {(root / "proc/sys" / key.replace(".", "/")).read_text().strip() for key in KEYS}
    return in_file, in_kernel


def wait_for_the_shielded_part(root):
    """Return once nobody holds the lock that a change is made under."""
    descriptor = os.open(root / "var/lib/fastpath", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)


def test_what_it_returns(root):
    values = {"test.key1": 5}
    (root / "etc/sysctl.d/99-zz.conf").write_text("test.key1 = 7\n")
    status, first = run(root, values=values)
    assert (status, first["changed"], first["values"]) == (0, True, {"test.key1": "5"})
    assert first["overridden"] == {"test.key1": "/etc/sysctl.d/99-zz.conf"}
    assert "/etc/sysctl.d/99-zz.conf is read after" in str(first["warnings"])
    assert first["diff"][1]["before"] == "test.key1 = 0\n"
    assert first["diff"][1]["after"] == "test.key1 = 5\n"
    assert run(root, values=values)[1]["changed"] is False
    assert run(root, state="absent")[1]["changed"] is True
    assert not (root / PATH.lstrip("/")).exists()


def test_what_it_refuses(root):
    status, result = run(root, values={"test.nothing": 1, "test.key1": 2})
    assert status == 1
    assert result["problems"] == ["test.nothing: no such key; this kernel does not have it"]
    assert run(root, values={"test.key1": True})[1]["msg"].startswith("values: test.key1 must be")


def test_killed_at_any_moment_it_leaves_the_old_or_the_new(root):
    """30 runs, each killed at a moment of its own; some of them in the middle of the writing."""
    assert run(root, values=dict.fromkeys(KEYS, 1))[0] == 0
    moment = random.Random(20260101)
    began = time.monotonic()
    assert run(root, values=dict.fromkeys(KEYS, 2))[0] == 0
    duration = time.monotonic() - began
    value, outcomes = 2, []
    for number in range(30):
        with start(root, values=dict.fromkeys(KEYS, value + 1)) as process:
            # Every fifth is killed before it reads a key.
            early = number % 5 == 0
            wait_until_it("starts" if early else "begun", process)
            time.sleep(0 if early else moment.uniform(0, duration / 2))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        wait_for_the_shielded_part(root)
        in_file, in_kernel = state(root)
        assert in_file == in_kernel
        assert in_kernel in ({str(value)}, {str(value + 1)})
        outcomes.append(in_kernel == {str(value + 1)})
        value = int(in_kernel.pop())
    # Else the moments were all too early or too late, and the test has tried nothing.
    assert any(outcomes)
    assert not all(outcomes)
    assert run(root, values=dict.fromkeys(KEYS, value))[1]["changed"] is False
