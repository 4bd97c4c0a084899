"""Whether systemd-networkd keeps routes that it has not made."""

from __future__ import annotations

import os
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _networkd

OURS = "etc/systemd/networkd.conf.d/fastpath.conf"


def unit(active="active", enabled="enabled", load="loaded", started=None):
    """Return what runs systemctl; *started* is the age of the process in seconds."""
    clock = time.clock_gettime(time.CLOCK_MONOTONIC)
    at = 0 if started is None else max(int((clock - started) * 1e6), 1)
    text = (
        f"LoadState={load}\nActiveState={active}\nUnitFileState={enabled}\n"
        f"ExecMainStartTimestampMonotonic={at}\n"
    )
    return lambda *_arguments, **_options: _kubectl.Result(0, text, "")


def put(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def read(root, **options):
    return _networkd.read(str(root), unit(**options))


def test_without_settings_routes_are_removed(tmp_path):
    state = read(tmp_path, started=100)
    assert (state.used, state.kept) == (True, False)


def test_our_file_keeps_them(tmp_path):
    put(tmp_path, OURS, _networkd.TEXT)
    assert read(tmp_path, started=100).kept


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({"etc/systemd/networkd.conf": _networkd.TEXT}, True),
        ({"usr/lib/systemd/networkd.conf": _networkd.TEXT}, True),
        # The first of these hides the second.
        (
            {"etc/systemd/networkd.conf": "", "usr/lib/systemd/networkd.conf": _networkd.TEXT},
            False,
        ),
        (
            {
                OURS: _networkd.TEXT,
                "etc/systemd/networkd.conf.d/zz.conf": "[Network]\nManageForeignRoutes=yes\n",
            },
            False,
        ),
        (
            {
                OURS: _networkd.TEXT,
                "etc/systemd/networkd.conf.d/10-a.conf": "[Network]\nManageForeignRoutes=yes\n",
            },
            True,
        ),
        # Drop-ins rank above the main file, and a name in /etc above the same in /usr/lib.
        ({OURS: _networkd.TEXT, "etc/systemd/networkd.conf": "[Network]\n"}, True),
        ({OURS: "", f"usr/lib/{OURS.removeprefix('etc/')}": _networkd.TEXT}, False),
        # Half of it is not enough, nor is another section.
        ({OURS: "[Network]\nManageForeignRoutes=no\n"}, False),
        ({OURS: _networkd.TEXT.replace("[Network]", "[DHCPv4]")}, False),
        # An empty value is the default again.
        (
            {
                OURS: _networkd.TEXT,
                "run/systemd/networkd.conf.d/zz.conf": "[Network]\nManageForeignRoutes=\n",
            },
            False,
        ),
        (
            {
                OURS: "[Network]\n ManageForeignRoutes = False\n"
                "ManageForeignRoutingPolicyRules=0\n# ManageForeignRoutes=yes\n"
            },
            True,
        ),
    ],
)
def test_the_file_that_ranks_highest_decides(tmp_path, files, kept):
    for path, text in files.items():
        put(tmp_path, path, text)
    assert read(tmp_path, started=100).kept is kept


@pytest.mark.parametrize(
    ("options", "used"),
    [
        ({}, True),
        ({"enabled": "disabled"}, True),
        ({"active": "inactive"}, True),
        ({"active": "inactive", "enabled": "enabled-runtime"}, True),
        ({"active": "inactive", "enabled": "disabled"}, False),
        ({"active": "inactive", "enabled": "masked", "load": "masked"}, False),
        ({"active": "inactive", "enabled": "", "load": "not-found"}, False),
    ],
)
def test_a_host_without_networkd_is_left_alone(tmp_path, options, used):
    assert read(tmp_path, **options).used is used


def test_a_host_without_systemd(tmp_path):
    missing = _kubectl.Result(127, "", "systemctl: not found")
    state = _networkd.read(str(tmp_path), lambda *_arguments, **_options: missing)
    assert (state.used, state.running, state.in_force) == (False, False, None)


def test_settings_hold_from_the_next_start_on(tmp_path):
    put(tmp_path, OURS, _networkd.TEXT)
    assert read(tmp_path, started=100).in_force is False
    time.sleep(0.05)
    assert read(tmp_path, started=0).in_force is True
    assert read(tmp_path, active="inactive").in_force is None


def test_a_restored_date_does_not_hide_that_a_file_is_new(tmp_path):
    put(tmp_path, OURS, _networkd.TEXT)
    os.utime(tmp_path / OURS, (1, 1))
    assert read(tmp_path, started=100).in_force is False


def test_files_that_rank_above_ours_are_named(tmp_path):
    put(tmp_path, "etc/systemd/networkd.conf", "[Network]\nManageForeignRoutes=yes\n")
    put(
        tmp_path,
        "etc/systemd/networkd.conf.d/zz-local.conf",
        "[Network]\nManageForeignRoutingPolicyRules=yes\n",
    )
    (other,) = _networkd.overridden(read(tmp_path), str(tmp_path))
    assert other.path == "/etc/systemd/networkd.conf.d/zz-local.conf"
