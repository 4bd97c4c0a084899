"""What roles make of the variables of an inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import thresholds
from ansible_collections.fastpath.k8s.plugins.module_utils.live import networks

ROOT = Path(__file__).resolve().parents[3]

VALUES = "__cilium_plan | fastpath.k8s.cilium_values(__cilium_variables, cilium_values)"
FEATURES = "__cilium_plan | fastpath.k8s.cilium_features(__cilium_variables, cilium_values)"
BGP = "__cilium_plan | fastpath.k8s.cilium_bgp"


@pytest.fixture
def evaluate(tmp_path):
    """Return the value of an expression among the variables of a role on a host."""

    def run(role, inventory, expression, known, host="cp1", also=()):
        result, playbook = tmp_path / "result.json", tmp_path / "play.yml"
        tasks = [{"ansible.builtin.set_fact": known}] if known else []
        content = f"{{{{ {expression} | to_json }}}}"
        tasks.append({"ansible.builtin.copy": {"dest": str(result), "content": content}})
        files = [str(ROOT / "roles" / role / part / "main.yml") for part in ("defaults", "vars")]
        play = {"hosts": host, "gather_facts": False, "vars_files": files, "tasks": tasks}
        play["vars"] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        playbook.write_text(json.dumps([play]))
        program = Path(sys.executable).with_name("ansible-playbook")
        inventories = [f"-i{path}" for path in (ROOT / "inventories" / inventory, *also)]
        process = subprocess.run(
            [program, playbook, *inventories],
            cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
                "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
                "ANSIBLE_NOCOLOR": "1",
            },
        )  # fmt: skip
        assert process.returncode == 0, process.stdout
        return json.loads(result.read_text())

    return run


@pytest.mark.parametrize(
    ("expression", "key"),
    [(VALUES, "cilium_values"), (FEATURES, "cilium_features"), (BGP, "cilium_resources")],
)
def test_the_role_comes_to_what_validate_has_shown(evaluate, expression, key):
    golden = Path(__file__).with_name("golden") / "lab_cilium.json"
    shown = json.loads(golden.read_text())["cluster"][key]
    assert evaluate("cilium", "lab_cilium", expression, {}) == shown


@pytest.mark.parametrize(
    ("known", "mtu"), [({}, 1500), ({"fastpath_node_interface_mtu": 1400}, 1400)]
)
def test_values_of_the_chart(evaluate, known, mtu):
    values = evaluate("cilium", "lab_cilium", VALUES, known)
    assert (values["MTU"], values["k8sServiceHost"]) == (mtu, "10.90.0.11")
    assert values["hubble"]["enabled"] is False


def test_bgp_objects_of_a_plan_without_peers(evaluate):
    assert evaluate("cilium", "lab_cilium", BGP, {}) == []


MIRROR = "[__mirror_wanted, mirror_charts, mirror_extra_images, mirror_manifests]"


def test_a_mirror_holds_what_cilium_needs(evaluate):
    wanted, charts, images, manifests = evaluate("mirror", "lab_cilium", MIRROR, {})
    assert "helm" in wanted
    assert [chart["name"] for chart in charts] == ["cilium-1.20.1.tgz"]
    names = [image.partition(":")[0] for image in images]
    assert names == [
        "quay.io/cilium/cilium", "quay.io/cilium/operator-generic", "quay.io/cilium/cilium-envoy",
        "registry.k8s.io/e2e-test-images/agnhost",
    ]  # fmt: skip
    assert manifests == []


def test_a_mirror_holds_what_calico_needs(evaluate):
    wanted, charts, images, manifests = evaluate("mirror", "lab", MIRROR, {})
    assert "helm" not in wanted
    assert charts == []
    assert "quay.io/calico/typha:v3.31.0" in images
    assert [item["name"] for item in manifests] == [
        "calico-v3.31.0.yaml", "tigera-operator-v3.31.0.yaml"
    ]  # fmt: skip


def test_packages_that_were_built_elsewhere_hold_helm(evaluate):
    known = {"mirror_local_packages": "/srv/packages"}
    assert "helm" not in evaluate("mirror", "lab_cilium", "__mirror_wanted", known)


@pytest.mark.parametrize(
    ("known", "expected"),
    [({}, "bbr"), ({"fastpath_cilium_values": {"bandwidthManager": {"enabled": False}}}, "")],
)
def test_verify_leaves_the_bandwidth_manager_to_the_values_that_speak_of_it(
    evaluate, known, expected
):
    plan = evaluate("verify", "lab_cilium", "__verify_plan", known)
    assert (plan["congestion_control"], plan["pod_cidr"]) == (expected, "10.244.0.0/16")
    assert plan["bgp_peers"] == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [("cp1", ["etcd", "kubeletconfiguration"]), ("worker1", ["kubeletconfiguration"])],
)
def test_a_worker_has_no_patches_of_the_control_plane(evaluate, host, expected):
    known = {"kubernetes_patches": {"etcd": {}, "kubeletconfiguration": {}}}
    found = evaluate("kubernetes", "lab_pair", "__kubernetes_patches", known, host)
    assert sorted(found) == expected


def test_verify_joins_what_was_read_on_each_host(evaluate):
    known = {
        "__verify_state": {"state": {"missing_modules": []}, "proxy": {"mode": "ipvs"}},
    }
    assert evaluate("verify", "lab", "__verify_nodes", known) == {
        "cp1": {"proxy": {"mode": "ipvs"}, "state": {"missing_modules": []}, "drift": None}
    }


def test_verify_asks_the_services_of_every_node_and_knows_who_can_answer(evaluate):
    pods = {
        "cp1": {"name": "probe-a", "ready": True},
        "worker1": {"name": "probe-b", "ready": False},
    }
    service = {"cluster_ip": "10.96.0.9", "tcp_port": 80, "udp_node_port": 30081}
    known = {"__verify_live": {"pods": pods, "service": service}}
    found, answering = evaluate("verify", "lab_pair", "[__verify_probes, __verify_pods]", known)
    assert {(probe["protocol"], probe["address"], probe["port"]) for probe in found} == {
        ("tcp", "10.96.0.9", 80), ("udp", "10.90.0.11", 30081), ("udp", "10.90.0.21", 30081)
    }  # fmt: skip
    assert answering == {"probe-a": "cp1"}


def test_verify_asks_nothing_where_the_cluster_could_not_be_read(evaluate):
    assert evaluate("verify", "lab_pair", "[__verify_probes, __verify_pods]", {}) == [[], {}]


def test_preflight_judges_what_the_plan_needs(evaluate):
    plan, modules, limits = evaluate(
        "preflight", "lab_pair",
        "[__preflight_plan, __preflight_modules, __preflight_thresholds]", {},
    )  # fmt: skip
    assert (plan["control_plane_endpoint"], plan["pod_mtu"]) == ("10.90.0.11:6443", "auto")
    assert {"ip_vs", "ip_vs_rr", "tcp_bbr"} <= set(modules)
    assert set(limits) == set(thresholds.THRESHOLDS)


@pytest.mark.parametrize(
    ("addresses", "names"),
    [
        # A path to a host that --limit leaves out can be probed where its address is known.
        ({"cp1": None, "worker1": "10.90.0.21"}, ["cp1", "worker1"]),
        # A host of the run stays in, so that the probe fails and names it.
        ({"cp1": None, "worker1": None}, ["cp1"]),
    ],
)
def test_hosts_that_are_left_out_need_no_address(evaluate, addresses, names):
    known = {"__preflight_addresses": addresses}
    assert evaluate("preflight", "lab_pair", "__preflight_addressed", known) == names


@pytest.mark.parametrize("value", ["false", "true", False, True])
def test_verify_takes_booleans_as_they_come_from_a_command_line(evaluate, value):
    given = {"fastpath_bgp_mesh": value, "fastpath_wireguard": value}
    plan = evaluate("verify", "lab_pair", "__verify_plan", given)
    assert (plan["mesh"], plan["wireguard"]) == (value in ("true", True),) * 2


def test_the_defaults_of_preflight_are_those_of_the_rules():
    defaults = yaml.safe_load((ROOT / "roles/preflight/defaults/main.yml").read_text())
    for name, threshold in thresholds.THRESHOLDS.items():
        assert defaults[f"preflight_{name}"] == threshold.default


def test_verify_knows_no_neighbours_without_facts(evaluate):
    assert evaluate("verify", "lab", "__verify_plan", {})["one_segment"] is False


#: Nodes of lab_pair where the inventory names that of worker1, and leaves that of cp1.
BOTH, WORKER = ["cp1", "worker1.example.com"], ["worker1.example.com"]
PEERS = [{"address": "10.90.0.1", "as_number": 64513, "nodes": ["worker1"]}]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("kubernetes", {"[__kubernetes_plan.node_name]": WORKER}),
        ("reset", {"[hostvars[inventory_hostname] | fastpath.k8s.node_name]": WORKER}),
        ("calico", {"__calico_plan_nodes": WORKER, "__calico_plan.bgp_peers[0].nodes": WORKER}),
        (
            "cilium",
            {
                "__cilium_plan_nodes": WORKER,
                "__cilium_plan.nodes": BOTH,
                "__cilium_plan.bgp_peers[0].nodes": WORKER,
            },
        ),
        ("preflight", {"__preflight_plan.node_names.values()": BOTH}),
        (
            "verify",
            {
                "__verify_plan.nodes": WORKER,
                "__verify_plan.nic_mtus.keys()": BOTH,
                "__verify_plan.bgp_peers[0].nodes": WORKER,
                "__verify_nodes.keys()": WORKER,
                "__verify_addresses.keys()": BOTH,
            },
        ),
    ],
)
def test_every_role_has_one_name_of_a_node(evaluate, tmp_path, role, expected):
    over = tmp_path / "over.yml"
    over.write_text("{kube_node: {hosts: {worker1: {kubernetes_node_name: Worker1.example.com}}}}")
    known = {"fastpath_bgp_peers": PEERS, "calico_mtu": 1500}
    values = f"[{', '.join(f'{expression} | list' for expression in expected)}]"
    found = evaluate(role, "lab_pair", values, known, "worker1", also=[over])
    assert dict(zip(expected, found, strict=True)) == expected


def test_no_role_makes_a_name_of_a_node_by_itself():
    files = [path for part in ("roles", "playbooks") for path in (ROOT / part).rglob("*.yml")]
    assert files
    for path in files:
        text = path.read_text()
        assert "map('lower')" not in text, path
        assert "inventory_hostname | lower" not in text, path


def test_preflight_holds_a_running_cluster_against_what_the_roles_would_make(evaluate):
    """Pods, blocks and services have one default in all roles."""
    for inventory, size in (("lab_pair", 26), ("lab_cilium", 24)):
        plan = evaluate("preflight", inventory, "__preflight_plan", {})
        cluster = evaluate("kubernetes", inventory, "__kubernetes_plan", {"kubernetes_timeout": 60})
        for key in ("cluster_name", "pod_cidr", "service_cidr", "pod_network"):
            assert plan[key] == cluster[key], key
        assert networks.planned_size(plan) == size
        assert networks.planned_size({**plan, "pod_block_size": cluster["pod_block_size"]}) == size


def test_verify_judges_addresses_that_facts_confirm(evaluate):
    assert evaluate("verify", "lab_pair", "__verify_plan.node_addresses", {}) == {}
    eth0 = {"device": "eth0", "active": True, "mtu": 1500, "ipv4": {"address": "10.90.0.11"}}
    known = {"ansible_facts": {"eth0": eth0}}
    found = evaluate("verify", "lab_pair", "__verify_plan.node_addresses", known)
    assert found == {"cp1": "10.90.0.11"}
