"""What roles make of the variables of an inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

VALUES = "__cilium_plan | fastpath.k8s.cilium_values(__cilium_variables, cilium_values)"
FEATURES = "__cilium_plan | fastpath.k8s.cilium_features(__cilium_variables, cilium_values)"
BGP = "__cilium_plan | fastpath.k8s.cilium_bgp"


@pytest.fixture
def evaluate(tmp_path):
    """Return the value of an expression among the variables of a role, on cp1."""

    def run(role, inventory, expression, known):
        result, playbook = tmp_path / "result.json", tmp_path / "play.yml"
        tasks = [{"ansible.builtin.set_fact": known}] if known else []
        content = f"{{{{ {expression} | to_json }}}}"
        tasks.append({"ansible.builtin.copy": {"dest": str(result), "content": content}})
        files = [str(ROOT / "roles" / role / part / "main.yml") for part in ("defaults", "vars")]
        play = {"hosts": "cp1", "gather_facts": False, "vars_files": files, "tasks": tasks}
        play["vars"] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        playbook.write_text(json.dumps([play]))
        program = Path(sys.executable).with_name("ansible-playbook")
        process = subprocess.run(
            [program, playbook, "-i", ROOT / "inventories" / inventory],
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


def test_verify_joins_what_was_read_on_each_host(evaluate):
    known = {
        "__verify_proxies": {"cp1": {"mode": "ipvs"}, "worker1": {"mode": None}},
        "__verify_drift": {"cp1": {"sentences": []}, "worker1": {"sentences": ["It is so."]}},
    }
    readings = evaluate("verify", "lab", "__verify_readings", known)
    assert readings["worker1"]["proxy"] == {"mode": None}
    assert readings["worker1"]["drift"] == {"sentences": ["It is so."]}
    assert readings["cp1"]["proxy"] == {"mode": "ipvs"}


def test_verify_knows_no_neighbours_without_facts(evaluate):
    assert evaluate("verify", "lab", "__verify_plan", {})["one_segment"] is False
