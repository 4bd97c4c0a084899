"""What the module takes and returns."""

from __future__ import annotations

import json
import socket
import threading

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _measure
from ansible_collections.fastpath.k8s.plugins.modules import service_reach_info

PROBE = {"name": "a", "kind": "cluster_ip", "protocol": "udp", "address": "127.0.0.1", "port": 9}


def run(capsys, **arguments):
    arguments = {"probes": [PROBE], "pods": {"probe-a": "a"}, **arguments}
    with patch_module_args(arguments), pytest.raises(SystemExit):
        service_reach_info.main()
    return json.loads(capsys.readouterr().out)


def test_a_service_is_asked_in_check_mode_too(capsys):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer():
            for _ in range(3):
                _data, peer = server.recvfrom(100)
                server.sendto(b"probe-a", peer)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        probe = {**PROBE, "port": server.getsockname()[1]}
        result = run(capsys, probes=[probe], samples=3, timeout=5, _ansible_check_mode=True)
        thread.join(5)
    [found] = result["reach"]
    assert result["changed"] is False
    assert (found["tried"], found["answers"], found["target"]) == (3, {"a": 3}, "")
    documented = yaml.safe_load(service_reach_info.RETURN)["reach"]["contains"]
    assert set(found) == set(documented)


def test_defaults_are_those_of_the_core(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(_measure, "measure", lambda *arguments: asked.append(arguments) or [])
    assert run(capsys)["reach"] == []
    [(probes, pods, settings)] = asked
    assert settings == _measure.Settings()
    assert (probes, pods) == ([{**PROBE, "target": ""}], {"probe-a": "a"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": 0}, "samples must be at least 1, not 0."),
        ({"parallel": 0}, "parallel must be at least 1, not 0."),
        ({"retries": -1}, "retries must be at least 0, not -1."),
        ({"timeout": 0}, "timeout must be at least 0.01, not 0.0."),
        ({"timeout": "nan"}, "timeout must be at least 0.01, not nan."),
        ({"timeout": "inf"}, "deadline must be longer than timeout, which is inf s."),
        ({"timeout": 5, "deadline": 5}, "deadline must be longer than timeout, which is 5 s."),
        ({"probes": [{**PROBE, "port": 0}]}, "a: 0 is no port."),
        ({"probes": [{**PROBE, "protocol": "sctp"}]}, "value of protocol must be one of"),
    ],
)
def test_what_cannot_be_measured_is_refused(capsys, arguments, message):
    result = run(capsys, **arguments)
    assert result["failed"]
    assert message in result["msg"]
