"""Tasks are what a run costs: so many for the kernel of a host, and no loop over keys."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"


def _tasks(role):
    """The tasks of a role, and the one that checks its arguments."""
    return [{"argument_spec": role}, *yaml.safe_load((ROLES / role / "tasks/main.yml").read_text())]


def test_modules_and_sysctl_values_take_at_most_twelve_tasks():
    assert len(_tasks("kernel_modules") + _tasks("sysctl")) <= 12


@pytest.mark.parametrize("role", ["kernel_modules", "sysctl"])
def test_nothing_is_included_or_repeated(role):
    words = {word for task in _tasks(role) for word in task}
    assert not {word for word in words if "loop" in word or "include" in word or "import" in word}
