"""Options of the module that make no sense are refused with a sentence."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.modules import host_fitness_info


@pytest.fixture
def run(capsys, monkeypatch):
    def run(**arguments):
        asked = []
        monkeypatch.setattr(
            host_fitness_info.read,
            "everything",
            lambda _host, options: asked.append(options) or {"swap": []},
        )
        with patch_module_args(arguments), pytest.raises(SystemExit):
            host_fitness_info.main()
        return json.loads(capsys.readouterr().out), asked

    return run


def test_defaults(run):
    result, (options,) = run(_ansible_check_mode=True)
    assert (result["changed"], result["fitness"]) == (False, {"swap": []})
    assert (options.interface, options.interval, options.disk_path) == ("", 10, "/var/lib/etcd")
    assert tuple(options.disk_limits) == (22, 30)


def test_options_reach_the_reading(run):
    _result, (options,) = run(
        interface="eth0", modules=["ip_vs"], config=["BPF"], mirrors=["http://m"], mirror_timeout=4,
        no_proxy=[".svc"], image_repository="http://i", interval=3,
        disk_path="/srv", disk_size_mib=5, disk_seconds=7,
        service_cidr="10.96.0.0/12", pod_network="calico",
    )  # fmt: skip
    assert options == (
        "eth0",
        ["ip_vs"],
        ["BPF"],
        ["http://m"],
        4,
        [".svc"],
        "http://i",
        3,
        "/srv",
        (5, 7),
        "10.96.0.0/12",
        "calico",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"interval": -1}, "interval must be at least 0, got -1."),
        ({"mirror_timeout": 0}, "mirror_timeout must be at least 1, got 0."),
        ({"disk_size_mib": 0}, "disk_size_mib must be at least 1, got 0."),
        ({"disk_seconds": 0}, "disk_seconds must be at least 1, got 0."),
        ({"disk_path": "etcd"}, "disk_path must be absolute, got etcd."),
    ],
)
def test_refused(run, arguments, message):
    result, asked = run(**arguments)
    assert (result["failed"], result["msg"], asked) == (True, message, [])
