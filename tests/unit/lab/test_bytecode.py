# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lab import image

GUEST = Path(image.__file__).parent / "guest"


@pytest.fixture
def read(tmp_path):
    """A program that imports a module from a zip file, as each of Ansible's does, and prints it."""
    kept = tmp_path / "kept"

    def run(source: str) -> str:
        with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
            archive.writestr("sent.py", source)
        program = (
            "import lab_bytecode\n"
            f"lab_bytecode.compile_once.__defaults__ = ({str(kept)!r},)\n"
            "import sent; print(sent.WORD)"
        )
        return subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": f"{GUEST}:{tmp_path / 'sent.zip'}"},
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    run.kept = kept
    return run


def test_the_second_program_reads_what_the_first_compiled(read):
    read("WORD = 'first'")
    (first,) = read.kept.iterdir()
    assert read("WORD = 'other'").startswith("other")
    (other,) = set(read.kept.iterdir()) - {first}
    other.replace(first)
    assert read("WORD = 'first'").startswith("other")


def test_what_was_cut_off_is_compiled_again(read):
    read("WORD = 'first'")
    (kept,) = read.kept.iterdir()
    kept.write_bytes(kept.read_bytes()[:20])
    assert read("WORD = 'first'").startswith("first")
    assert len(kept.read_bytes()) > 20


def test_nothing_fails_where_nothing_can_be_kept(read):
    read.kept.write_text("no folder")
    assert read("WORD = 'first'").startswith("first")


def test_the_image_has_it_and_its_name_says_so(tmp_path, monkeypatch):
    named = image.find(tmp_path)
    copied = [word for word in image.bootstrap_command(tmp_path) if "copy-in" in word]
    assert len(copied) == 1
    assert {path.name for path in image.GUEST_FILES} == {"lab_bytecode.pth", "lab_bytecode.py"}
    assert all(str(path) in copied[0] for path in image.GUEST_FILES)
    monkeypatch.setattr(image, "GUEST_FILES", image.GUEST_FILES[:1])
    assert image.find(tmp_path) != named
