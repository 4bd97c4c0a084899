"""What every report has, whatever hosts say of themselves."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import (
    checks,
    distribution,
    kernel_config,
)

#: What stands where something else should.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["", "tsc", "6.1", "https://[::1", "[::1]:70000", "10.0.0.1:1", "y"]),
    st.just([]),
    st.just({}),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=3),
    st.just([{}, {"port": 10250}, {"port": "x", "process": 1}, {"name": None}, [1, 2]]),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from([10**30, 10**400, -1, 2**63, float("nan"), float("inf"), 1e300]),
)


#: Stands for a part that is not there.
GONE = object()


def places(value, path=()):
    """Return the path of *value* and of everything in it."""
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


def damaged(value, path, new):
    """Return *value* with *new* at *path*, as far as that leads."""
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict) and key in value:
        others = {name: item for name, item in value.items() if name != key}
        whole = new is GONE and not rest
        return others if whole else {**others, key: damaged(value[key], rest, new)}
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return [*value[:key], damaged(value[key], rest, new), *value[key + 1 :]]
    return value


@pytest.fixture(scope="module")
def whole():
    """Return hosts of all kinds: bare, a node, a node of another cluster, one with leftovers."""
    from .conftest import PLAN, changed, healthy

    node = {"leftovers.kubelet_server": "https://10.0.0.11:6443", "ports.0.port": 10250}
    left = {
        "leftovers.kube_ipvs0": True,
        "leftovers.paths": ["/etc/cni/net.d/05-cilium.conflist"],
        "swap": [{"device": "/dev/zram0", "size_mib": 1, "used_mib": 1}],
        "firewall.foreign": [{"family": "ip", "table": "filter", "chain": "x", "policy": "drop"}],
    }
    slow = {"disk.p99_ms": 30.0, "time.offset_s": [60.0, 60.1], "nic.mtu": 1400}
    hosts = {
        name: changed(healthy(number), changes)
        for number, (name, changes) in enumerate(
            {"cp1": slow, "w1": node, "w2": left, "w3": {}}.items(), 1
        )
    }
    return {"hosts": hosts, "plan": PLAN}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_input_ends_in_a_traceback(whole, data):
    where = st.sampled_from(places(whole)[1:])
    given_ = whole
    for place, new in data.draw(st.lists(st.tuples(where, st.just(GONE) | ODD), max_size=12)):
        given_ = damaged(given_, place, new)
    hosts, plan = given_.get("hosts"), given_.get("plan")
    hosts = hosts if isinstance(hosts, dict) else {}
    found = checks.judged(hosts, plan)
    kernel_config.options(plan)
    distribution.disk_distribution(hosts)
    _checks.lines(_checks.of_dicts(found))
    for check in found:
        assert check["id"] in _problems.IDS
        assert all(isinstance(value, str) for key, value in check.items() if key != "host")
        assert check["host"] in (None, *hosts)
        assert (check["verdict"] == "ok") == (not check["message"])
        # What can be done about a warning or an error is always said.
        assert check["fix"] or check["verdict"] in ("ok", "info")
        assert check["message"][-1:] in ("", ".")


def test_a_healthy_fleet_has_every_value_and_nothing_wrong(judge):
    found = judge({"cp1": {}, "w1": {}, "w2": {}})
    assert {check.verdict for check in found} == {"ok"}
    of_one = [check for check in found if check.host == "cp1"]
    assert 25 <= len(of_one) <= 40
    assert all(check.value for check in found)
    assert {check.id for check in of_one} == {
        "clock-offset", "clock-source", "clock-sync", "cgroup", "cpu", "cpu-governor", "cpu-steal",
        "disk", "distribution", "etcd-folder", "firewall", "identity", "kernel", "kernel-modules",
        "kubeadm", "leftovers", "memory", "mtu", "nic", "other-runtime", "ports", "qdisc",
        "resolver", "routes", "service-proxy-owner", "swap",
    }  # fmt: skip


def test_a_host_that_said_nothing_is_told_once():
    for said in (None, {}, [], "x"):
        (check,) = checks.checks({"w1": said}, {})
        assert (check.host, check.verdict) == ("w1", "error")
        assert check.message.startswith("w1 told nothing of itself")
        assert check.fix.endswith("leave it out with --limit.")


def test_parts_that_are_not_there_are_told_and_not_judged(judge):
    parts = {"cp1": dict.fromkeys(("kernel", "cgroup", "swap", "clock", "time", "identity", "ports",
             "nic", "routes", "cpu", "memory_mib", "disk", "firewall", "kubeadm", "leftovers",
             "release", "swap_at_boot", "resolver", "certificates", "runtimes"))}  # fmt: skip
    parts["cp1"]["memory_mib"] = 4096
    found = judge(parts, node_interfaces={})
    assert {check.verdict for check in found} == {"info", "ok"}
    assert [check.id for check in found if check.verdict == "ok"] == ["memory"]
    assert "The kernel of cp1 could not be read, so it is not judged." in {
        check.message for check in found
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: checks.checks([], {}), "the hosts must be a dictionary"),
        (lambda: checks.checks({}, {}, {"steal": 1}), "there is no threshold steal; did you mean"),
        (lambda: distribution.disk_distribution([]), "the hosts must be a dictionary"),
    ],
)
def test_what_a_playbook_gets_wrong_is_an_error(call, message):
    with pytest.raises(BadValue, match=message):
        call()


def test_a_thousand_hosts_are_judged_in_seconds(plan):
    from .conftest import changed, healthy

    # Each of them disagrees with the others in something.
    hosts = {
        f"w{number}": changed(
            healthy(number % 400),
            {"time.offset_s": [float(number), number + 0.1], "nic.mtu": 1500 + number % 7},
        )
        for number in range(1000)
    }
    start = time.process_time()
    found = checks.checks(hosts, plan)
    taken = time.process_time() - start
    assert len(found) > 25_000
    assert taken < 3, f"{taken:.1f} s"
    assert _checks.has_errors(found)
