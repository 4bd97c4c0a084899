"""One part of a value that cannot be evaluated hides nothing about the others."""

from __future__ import annotations

OVER = """
fastpath_sysctl_overrides:
  net.core.somaxconn: "{{ nobody }}"
  net.ipv4.tcp_sack: 0
fastpath_bgp_peers:
  - {address: "{{ nobody }}", as_number: 64513}
  - {address: 192.0.2.1, as_number: 65535}
  - "{{ nobody }}"
  - {address: 192.0.2.2, as_number: lots, password_secret: {name: a, key: "{{ nobody }}"}}
fastpath_kube_proxy_config:
  ipvs: {tcpTimeout: "{{ nobody }}", strictARP: maybe}
  nodePortAddresses: ["{{ nobody }}", x]
fastpath_service_announcers: ["{{ nobody }}", metallb]
"""


def test_each_part_is_judged(validate):
    run = validate("inventories/sample", over=OVER)
    assert run.status == 2
    told = {
        problem["path"]: problem["message"]
        for problem in run.problems
        if problem["level"] == "error"
    }
    missing = "cannot be evaluated: 'nobody' is undefined."
    assert {path for path, message in told.items() if message == missing} == {
        "fastpath_sysctl_overrides['net.core.somaxconn']",
        "fastpath_bgp_peers[0].address",
        "fastpath_bgp_peers[2]",
        "fastpath_bgp_peers[3].password_secret.key",
        "fastpath_kube_proxy_config.ipvs.tcpTimeout",
        "fastpath_kube_proxy_config.nodePortAddresses[0]",
        "fastpath_service_announcers[0]",
    }
    assert {path for path, message in told.items() if message != missing} == {
        "fastpath_sysctl_overrides['net.ipv4.tcp_sack']",
        "fastpath_bgp_peers[1].as_number",
        "fastpath_bgp_peers[3].as_number",
        "fastpath_kube_proxy_config.ipvs.strictARP",
        "fastpath_kube_proxy_config.nodePortAddresses[1]",
        "fastpath_service_announcers[1]",
    }
    places = {problem["path"]: str(problem["origin"]) for problem in run.problems}
    assert ".yml:3:" in places["fastpath_sysctl_overrides['net.core.somaxconn']"]
    assert ".yml:8:" in places["fastpath_bgp_peers[2]"]


FACTS = """
fastpath_sysctl_overrides:
  vm.min_free_kbytes: "{{ ansible_facts.memtotal_mb * 10 }}"
  net.ipv4.tcp_sack: 0
fastpath_ignore_problems: [harmful-sysctl]
"""


def test_a_part_that_needs_facts_leaves_no_wrong_plan(validate):
    run = validate("inventories/sample", over=FACTS)
    assert run.status == 0, run.output
    assert run.plan is None
    lines = run.lines("warning")
    assert any("['vm.min_free_kbytes']: needs facts of a host" in line for line in lines)
    assert any("['net.ipv4.tcp_sack']: 0 makes" in line for line in lines)
    assert any("there is none: it needs fastpath_sysctl_overrides" in line for line in lines)


def test_what_the_command_line_gives_is_said_to_come_from_there(validate):
    run = validate(
        "inventories/sample",
        arguments=["-e", "fastpath_max_pods=lots", "-e", '{"fastpath_bgp_mesh": 7}'],
    )
    for name in ("fastpath_max_pods", "fastpath_bgp_mesh"):
        (line,) = [line for line in run.lines("error") if name in line]
        assert line.endswith("(given on the command line)")


def test_counts_agree_with_their_words(validate):
    run = validate("inventories/sample", over="fastpath_max_pods: lots\n")
    assert "1 error, 0 warnings, 1 note; all of it stands in" in run.output
