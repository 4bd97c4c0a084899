# SPDX-License-Identifier: GPL-3.0-or-later
"""The node profile in one module call, and key by key: `python tests/benchmark/sysctl.py [HOSTS]`.

Runs both playbooks against so many local hosts (8), prints the seconds of each and their ratio, and
ends with 1 where the ratio is below 10. ansible.posix.sysctl writes its file only and leaves the
kernel alone, while sysctl_profile writes a tree that stands for the kernel and reads it back: what
is compared is the least that the one does with all that the other does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# The collection is found only with this, so what comes of it is imported after (E402).
sys.path.insert(0, str(ROOT / "collections"))

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_profile  # noqa: E402

#: Has ansible.posix in it; of the versions for the ansible-core that the tests use.
BUNDLE = "ansible==12.3.0"

#: How many times faster one call has to be.
LEAST = 10.0


def install(folder: Path) -> Path:
    """Return a folder of collections with ansible.posix; one that was installed before serves."""
    target = folder / BUNDLE.replace("==", "-")
    if not (target / "ansible_collections/ansible/posix").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, f"--target={target}", BUNDLE], check=True)
    return target


def write_hosts(folder: Path, values: dict[str, str], hosts: int) -> Path:
    """Return an inventory of local hosts, each with a tree that stands for its kernel."""
    names = [f"host{number}" for number in range(hosts)]
    for name in names:
        for key in values:
            path = folder / name / "proc/sys" / key.replace(".", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            # No ports are reserved on a host that nobody has touched.
            path.write_text("\n" if key == _sysctl.RESERVED_PORTS else "0\n")
        (folder / name / "etc/sysctl.d").mkdir(parents=True)
    inventory = folder / "hosts.yml"
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "folder": f"{folder}/{{{{ inventory_hostname }}}}",
    }
    content = {"all": {"hosts": dict.fromkeys(names), "vars": variables}}
    inventory.write_text(yaml.safe_dump(content))
    return inventory


def play(task: dict[str, object]) -> list[dict[str, object]]:
    return [{"hosts": "all", "gather_facts": False, "tasks": [task]}]


def seconds(folder: Path, inventory: Path, name: str, task: dict[str, object]) -> float:
    """Return how long a playbook of one task takes, which has to change every host."""
    playbook = folder / f"{name}.yml"
    playbook.write_text(yaml.safe_dump(play(task)))
    command = [Path(sys.executable).with_name("ansible-playbook"), playbook, "-i", inventory]
    began = time.monotonic()
    run = subprocess.run(
        [*command, "--forks=8"], cwd=folder, capture_output=True, text=True, check=False
    )
    duration = time.monotonic() - began
    if run.returncode or "changed=1" not in run.stdout:
        sys.exit(run.stdout + run.stderr)
    return duration


def main() -> int:
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    values = _sysctl_profile.profile({"service_proxy": "ipvs"}, memory_mib=16384)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    bundle = install(cache / "fastpath.k8s/benchmark")
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = f"{ROOT / 'collections'}:{bundle}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inventory = write_hosts(folder, values, hosts)
        ours = seconds(
            folder,
            inventory,
            "ours",
            {"fastpath.k8s.sysctl_profile": {"root": "{{ folder }}", "values": values}},
        )
        theirs = seconds(
            folder,
            inventory,
            "theirs",
            {
                "ansible.posix.sysctl": {
                    "name": "{{ item.key }}",
                    "value": "{{ item.value }}",
                    "sysctl_file": "{{ folder }}/etc/sysctl.d/loop.conf",
                    "reload": False,
                },
                "loop": "{{ values | dict2items }}",
                "vars": {"values": values},
            },
        )
    ratio = theirs / ours
    print(f"{len(values)} keys on {hosts} hosts:")
    print(f"  fastpath.k8s.sysctl_profile    {ours:7.1f} s")
    print(f"  ansible.posix.sysctl in a loop {theirs:7.1f} s")
    print(f"  ratio                          {ratio:7.1f}   of {LEAST}")
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
