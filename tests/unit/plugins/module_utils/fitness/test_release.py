"""Which distribution a host runs."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import release

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DEBIAN, ("debian", "13", [], "Debian GNU/Linux 13 (trixie)")),
        ("ID='ubuntu'\nID_LIKE=debian\nVERSION_ID=24.04\nNAME=x\n",
         ("ubuntu", "24.04", ["debian"], "")),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n# ID=x\n',
         ("linuxmint", "", ["ubuntu", "debian"], "")),
        ('ID="broken\n', ("broken", "", [], "")),
        ("", ("", "", [], "")),
    ],
)  # fmt: skip
def test_release(tree, text, expected):
    tree.file("/usr/lib/os-release", text)
    found = release.read(tree)
    assert tuple(found[key] for key in ("id", "version", "like", "name")) == expected
    assert found["apt"] is False


def test_the_file_of_etc_counts(tree):
    tree.file("/etc/os-release", DEBIAN)
    tree.file("/usr/lib/os-release", "ID=other\n")
    tree.file("/usr/bin/apt-get")
    found = release.read(tree)
    assert (found["id"], found["apt"]) == ("debian", True)
