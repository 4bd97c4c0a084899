# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import accelerator, config, requirements
from lab.errors import LabError


def test_each_missing_tool_is_one_sentence() -> None:
    assert requirements.tool_problems({"ip": "/bin/ip", "nc": None, "mkfs.ext4": None}) == [
        "nc is missing (Debian package netcat-openbsd). Run lab/install-prerequisites.",
        "mkfs.ext4 is missing (Debian package e2fsprogs). Run lab/install-prerequisites.",
    ]


def test_memory(inventory: dict[str, Any]) -> None:
    machines = config.parse(inventory).machines
    needed = 3072 + 2048 + 2 * requirements.OVERHEAD_MIB
    assert requirements.memory_problems(machines, needed) == []
    assert requirements.memory_problems([], 0) == []
    (problem,) = requirements.memory_problems(machines, needed - 1)
    assert problem == (
        f"Too little memory: the machines need {needed} MiB, {needed - 1} MiB are available. "
        "Lower lab_memory_mib, or take hosts out of the inventory."
    )


def test_disk(inventory: dict[str, Any]) -> None:
    machines = config.parse(inventory).machines
    assert requirements.disk_problems(machines, False, 12, Path("/lab")) == []
    assert requirements.disk_problems(machines, True, 10, Path("/lab")) == []
    (problem,) = requirements.disk_problems(machines, False, 11, Path("/lab"))
    assert problem == (
        "Too little disk: the machines need 12 GiB in /lab, 11 GiB are available. "
        "Set FASTPATH_LAB_DIR to a directory with more."
    )


def test_another_architecture() -> None:
    assert requirements.platform_problems("x86_64") == []
    assert "aarch64" in requirements.platform_problems("aarch64")[0]


def test_the_accelerator_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FASTPATH_LAB_ACCELERATOR", "kvm")
    assert accelerator.choose(tmp_path / "cache", tmp_path / "kernel") == "kvm"
    monkeypatch.setenv("FASTPATH_LAB_ACCELERATOR", "xen")
    with pytest.raises(LabError, match="must be kvm or tcg"):
        accelerator.choose(tmp_path / "cache", tmp_path / "kernel")


def test_the_verdict_about_kvm_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FASTPATH_LAB_ACCELERATOR", raising=False)
    probed = []
    monkeypatch.setattr(accelerator, "kvm_runs", lambda kernel: bool(probed.append(kernel)))
    for _ in range(2):
        assert accelerator.choose(tmp_path / "cache", tmp_path / "kernel") == "tcg"
    assert len(probed) == 1
