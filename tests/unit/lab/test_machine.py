# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lab import accelerator, config, identity, machine
from lab.image import Image
from lab.state import State


def command(inventory: dict[str, Any], kind: str = "tcg", host: str = "worker1") -> list[str]:
    lab = config.parse(inventory)
    files = State(Path("/lab"), lab.name).machine(host)
    return machine.command(lab, lab.machine(host), files, Image(Path("/image")), kind)


def values(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]


@pytest.mark.parametrize(
    ("kind", "options", "cpu"),
    [("kvm", "kvm", "host"), ("tcg", "tcg,thread=multi,tb-size=1536", accelerator.TCG_CPU)],
)
def test_accelerator(
    monkeypatch: pytest.MonkeyPatch,
    inventory: dict[str, Any],
    kind: str,
    options: str,
    cpu: str,
) -> None:
    monkeypatch.setattr(accelerator, "qemu_version", lambda: (10, 0))
    arguments = command(inventory, kind)
    assert values(arguments, "-accel") == [options]
    assert values(arguments, "-cpu") == [cpu]


@pytest.mark.parametrize(
    ("version", "threads"),
    [
        ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)", "single"),
        ("QEMU emulator version 8.0.4", "single"),
        ("QEMU emulator version 8.1.0", "multi"),
        ("QEMU emulator version 10.0.7 (Debian 1:10.0.7+ds-0+deb13u1)", "multi"),
        ("something else", "single"),
    ],
)
def test_old_emulators_get_one_thread(version: str, threads: str) -> None:
    options = accelerator.tcg(accelerator.parse_version(version))
    assert f"thread={threads}" in options[1].split(",")


def test_only_an_emulated_kernel_is_told_to_be_patient(inventory: dict[str, Any]) -> None:
    assert "nowatchdog" in values(command(inventory, "tcg"), "-append")[0].split()
    assert "nowatchdog" not in values(command(inventory, "kvm"), "-append")[0].split()


def test_only_emulated_services_are_thrifty(inventory: dict[str, Any]) -> None:
    assert "systemd.setenv=GOGC=400" in values(command(inventory, "tcg"), "-append")[0].split()
    assert "systemd.setenv" not in values(command(inventory, "kvm"), "-append")[0]


@pytest.mark.parametrize("mtu", [1500, 9000])
def test_the_mtu_reaches_the_card_and_the_guest(inventory: dict[str, Any], mtu: int) -> None:
    inventory["_meta"]["hostvars"]["worker1"]["fastpath_node_interface_mtu"] = mtu
    lab = config.parse(inventory)
    cards = [value for value in values(command(inventory), "-device") if "virtio-net" in value]
    assert len(cards) == 1
    assert f"host_mtu={mtu}" in cards[0].split(",")
    assert f"MTUBytes={mtu}\n" in identity.interface(lab, lab.machine("worker1"))


def test_sizes_come_from_the_inventory(inventory: dict[str, Any]) -> None:
    assert values(command(inventory), "-m") == ["2048"]
    assert values(command(inventory, host="cp1"), "-m") == ["3072"]
    assert values(command(inventory), "-smp") == ["2"]


def test_a_comma_in_a_path_is_doubled(inventory: dict[str, Any]) -> None:
    lab = config.parse(inventory)
    files = State(Path("/a,b"), lab.name).machine("cp1")
    arguments = machine.command(lab, lab.machine("cp1"), files, Image(Path("/image")), "tcg")
    assert values(arguments, "-drive")[0].startswith("file=/a,,b/lab/test/machines/cp1/disk.qcow2,")


def test_each_machine_has_its_own_identity(inventory: dict[str, Any]) -> None:
    lab = config.parse(inventory)
    ids = {identity.machine_id(lab, each) for each in lab.machines}
    assert len(ids) == 2
    assert all(len(each) == 32 for each in ids)


def test_files_are_handed_in_encoded(inventory: dict[str, Any]) -> None:
    lab = config.parse(inventory)
    text = identity.files(lab, lab.machine("cp1"), "host key\n", "public key\n")
    contents = {}
    for line in text.splitlines()[1:]:
        kind, path, mode, _, _, _, encoded = line.split()
        assert kind == "f~"
        contents[path] = (mode, base64.b64decode(encoded).decode())
    assert contents["/etc/hostname"] == ("0644", "cp1\n")
    assert contents["/etc/ssh/ssh_host_ed25519_key"] == ("0600", "host key\n")
    assert contents["/root/.ssh/authorized_keys"] == ("0600", "public key\n")
    assert "10.1.0.21 worker1\n" in contents["/etc/hosts"][1]


def test_a_machine_gives_way_as_a_session(tmp_path: Path) -> None:
    """A host's kernel without groups by session has no such file, and needs none."""
    machine.give_way(7, 10, tmp_path)
    (tmp_path / "7").mkdir()
    machine.give_way(7, 10, tmp_path)
    assert not (tmp_path / "7/autogroup").exists()
    (tmp_path / "7/autogroup").write_text("/autogroup-1 nice 0\n")
    machine.give_way(7, 10, tmp_path)
    assert (tmp_path / "7/autogroup").read_text() == "10\n"
