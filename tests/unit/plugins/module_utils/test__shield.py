"""Work in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._shield import Killed, shielded
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import ProfileError


def test_results_come_back():
    assert shielded(lambda: {"a": [1, 2]}) == {"a": [1, 2]}
    assert shielded(os.getpid) != os.getpid()


def test_errors_come_back_as_they_were():
    def fail():
        raise ProfileError(["one", "two"])

    with pytest.raises(ProfileError) as caught:
        shielded(fail)
    assert (caught.value.problems, str(caught.value)) == (["one", "two"], "one; two")


def test_a_child_that_is_killed_is_an_error():
    with pytest.raises(Killed, match="was killed"):
        shielded(lambda: os.kill(os.getpid(), signal.SIGKILL))


PROGRAM = """
import sys, time
from ansible_collections.fastpath.k8s.plugins.module_utils._shield import shielded

def work():
    print("begun", flush=True)
    time.sleep(0.5)
    open(sys.argv[1], "w").write("done")

shielded(work)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_parent_is_not_the_end_of_the_work(tmp_path, number):
    file = tmp_path / "file"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, number)
        process.wait()
        deadline = time.monotonic() + 30
        while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert file.read_text() == "done"
