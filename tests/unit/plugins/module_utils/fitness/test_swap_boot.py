"""What turns swap on at the next boot."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import swap_boot

SWAP = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
LSBLK = "lsblk --json --output NAME,PATH,PARTTYPE,PARTFLAGS,MOUNTPOINT"


def found(tree):
    return [(each["by"], each["what"]) for each in swap_boot.read(tree)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/dev/sda2 none swap sw 0 0", ["/dev/sda2"]),
        ("UUID=1-2\tnone\tswap\tdefaults,pri=5\t0\t0", ["UUID=1-2"]),
        ("/swap.img none swap sw", ["/swap.img"]),
        ("/swap\\040file swap swap", ["/swap file"]),
        ("LABEL=s none swap nofail 0 0", ["LABEL=s"]),
        ("  /swapfile none swap sw 0 0", ["/swapfile"]),
        ("/a none swap sw 0 0\n/b none swap sw 0 0", ["/a", "/b"]),
        ("#/dev/sda2 none swap sw 0 0", []),
        ("# /dev/sda2 none swap sw 0 0", []),
        ("/dev/sda2 none swap noauto 0 0", []),
        ("/dev/sda2 none swap sw,noauto 0 0", []),
        ("/dev/sda2 /swap ext4 defaults 0 0", []),
        ("swap /tmp tmpfs defaults 0 0", []),
        ("", []),
        ("swap", []),
    ],
)
def test_fstab(tree, text, expected):
    tree.file("/etc/fstab", f"{text}\n")
    assert found(tree) == [("fstab", device) for device in expected]


@pytest.mark.parametrize(
    ("cmdline", "there"),
    [
        ("quiet", True),
        ("systemd.swap=1", True),
        ("systemd.swap=0", False),
        ("ro systemd.swap=no quiet", False),
        ("systemd.swap=0 systemd.swap=yes", True),
    ],
)
def test_swap_that_the_command_line_switches_off(tree, cmdline, there):
    tree.file("/etc/fstab", "/dev/sda2 none swap sw 0 0\n")
    tree.file("/proc/cmdline", f"{cmdline}\n")
    assert bool(found(tree)) is there


@pytest.mark.parametrize(
    ("what", "unit"),
    [
        ("/dev/sda2", "dev-sda2.swap"),
        ("/swapfile", "swapfile.swap"),
        ("/dev/mapper/vg-swap", r"dev-mapper-vg\x2dswap.swap"),
        ("UUID=1-2", r"dev-disk-by\x2duuid-1\x2d2.swap"),
        ('LABEL="a b"', r"dev-disk-by\x2dlabel-a\x20b.swap"),
    ],
)
def test_a_masked_unit_does_not_start(tree, what, unit):
    assert swap_boot.unit_name(what) == unit
    tree.file("/etc/fstab", f"{what.replace(' ', chr(92) + '040')} none swap sw 0 0\n")
    assert len(found(tree)) == 1
    tree.symlink(f"/etc/systemd/system/{unit}", "/dev/null")
    assert found(tree) == []


def test_a_masked_target_starts_none_of_its_units(tree):
    tree.file("/etc/fstab", "/dev/sda2 none swap sw 0 0\n")
    tree.symlink("/etc/systemd/system/swap.target.wants/a.swap", "../a.swap")
    tree.symlink("/etc/systemd/system/multi-user.target.wants/b.swap", "../b.swap")
    assert [what for _by, what in found(tree)] == ["/dev/sda2", "b.swap", "a.swap"]
    tree.symlink("/etc/systemd/system/swap.target", "/dev/null")
    assert found(tree) == [("unit", "b.swap")]


@pytest.mark.parametrize(
    "place",
    [
        "/etc/systemd/system/swap.target.wants/dev-sdb1.swap",
        "/etc/systemd/system/swap.target.requires/dev-sdb1.swap",
        "/usr/lib/systemd/system/multi-user.target.wants/var-swap.swap",
        "/etc/systemd/system/multi-user.target.wants/zramswap.service",
        "/etc/systemd/system/multi-user.target.wants/dphys-swapfile.service",
    ],
)
def test_units(tree, place):
    name = place.rpartition("/")[2]
    tree.symlink(place, f"/usr/lib/systemd/system/{name}")
    assert found(tree) == [("unit", name)]


@pytest.mark.parametrize(
    "place",
    [
        # A unit that no target wants, what a generator has made for this boot, and other units.
        "/etc/systemd/system/dev-sdb1.swap",
        "/run/systemd/generator/swap.target.requires/dev-sdb1.swap",
        "/etc/systemd/system/multi-user.target.wants/ssh.service",
        "/etc/systemd/system/multi-user.target.wants/swap.service",
    ],
)
def test_units_that_do_not_start(tree, place):
    tree.file(place, "")
    assert found(tree) == []


def disk(*parts, name="sda"):
    children = [
        {"name": f"{name}{number}", "path": f"/dev/{name}{number}", **part}
        for number, part in enumerate(parts, 1)
    ]
    return {"name": name, "path": f"/dev/{name}", "parttype": None, "children": children}


ROOT = {"mountpoint": "/", "parttype": "0fc63daf-8483-4772-8e79-3d69d8477de4"}
CRYPT = {"parttype": None, "children": [{"name": "r", "path": "/dev/mapper/r", "mountpoint": "/"}]}
PART = {"parttype": SWAP, "mountpoint": None}


@pytest.mark.parametrize(
    ("disks", "expected"),
    [
        ([disk(ROOT, PART)], ["/dev/sda2"]),
        ([disk(CRYPT, PART)], ["/dev/sda2"]),
        ([disk(ROOT, PART | {"parttype": SWAP.upper()})], ["/dev/sda2"]),
        ([disk(ROOT, PART | {"mountpoint": "[SWAP]"})], ["/dev/sda2"]),
        ([disk(ROOT, PART | {"partflags": "0x8000000000000000"})], []),
        ([disk(ROOT, PART | {"partflags": "0x1"})], ["/dev/sda2"]),
        # systemd looks at the disk of the root file system alone.
        ([disk(ROOT), disk(PART, name="sdb")], []),
        ([disk(ROOT)], []),
        ([], []),
    ],
)
def test_partitions(tree, disks, expected):
    tree.file("/usr/lib/systemd/system-generators/systemd-gpt-auto-generator")
    tree.prints(LSBLK, json.dumps({"blockdevices": disks}))
    assert found(tree) == [("partition", path) for path in expected]


@pytest.mark.parametrize("text", ["", "lsblk: error", "[]", '{"blockdevices": null}', "{}"])
def test_partitions_that_cannot_be_read(text):
    assert swap_boot.parse_partitions(text) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda tree: tree.file("/proc/cmdline", "systemd.gpt_auto=0"),
        # Any line of swap keeps the generator away (systemd, gpt-auto-generator.c).
        lambda tree: tree.file("/etc/fstab", "/dev/sda9 none swap noauto 0 0\n"),
        lambda tree: tree.symlink(
            "/etc/systemd/system-generators/systemd-gpt-auto-generator", "/dev/null"
        ),
        lambda tree: tree.symlink("/etc/systemd/system/dev-sda2.swap", "/dev/null"),
    ],
)
def test_partitions_that_systemd_leaves_alone(tree, make):
    tree.file("/usr/lib/systemd/system-generators/systemd-gpt-auto-generator")
    tree.prints(LSBLK, json.dumps({"blockdevices": [disk(ROOT, PART)]}))
    assert found(tree) == [("partition", "/dev/sda2")]
    make(tree)
    assert found(tree) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/etc/systemd/zram-generator.conf": "[zram0]\n"}, ["/dev/zram0"]),
        ({"/usr/lib/systemd/zram-generator.conf": "[zram0]\nzram-size=4096\n"}, ["/dev/zram0"]),
        ({"/etc/systemd/zram-generator.conf": "# [zram0]\n"}, []),
        ({"/etc/systemd/zram-generator.conf": "[zram1]\nmount-point = /var/tmp\n"}, []),
        ({"/etc/systemd/zram-generator.conf.d/a.conf": "[zram2]\n"}, ["/dev/zram2"]),
        # An empty file of the administrator hides that of the package.
        ({"/etc/systemd/zram-generator.conf": "",
          "/usr/lib/systemd/zram-generator.conf": "[zram0]\n"}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_zram(tree, files, expected):
    for path, text in files.items():
        tree.file(path, text)
    assert found(tree) == []
    tree.file("/usr/lib/systemd/system-generators/zram-generator")
    assert found(tree) == [("zram", device) for device in expected]
