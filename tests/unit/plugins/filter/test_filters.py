"""The filters as Ansible calls them. What they compute is tested with the core."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleTemplatePluginError

from ansible_collections.fastpath.k8s.plugins.filter import (
    calico_manifest,
    conntrack,
    kube_proxy_config,
    pod_mtu,
    sysctl_profile,
)

PACKAGE = "ansible_collections.fastpath.k8s.plugins.filter"
ROOT = Path(__file__).resolve().parents[4]
NAMES = sorted(path.stem for path in (ROOT / "plugins/filter").glob("*.py"))


def options(documentation):
    """Return the options of a filter, with those of its fragments."""
    found = dict(documentation.get("options", {}))
    for name in documentation.get("extends_documentation_fragment", []):
        fragment = importlib.import_module(
            f"ansible_collections.fastpath.k8s.plugins.doc_fragments.{name.rpartition('.')[2]}"
        )
        found |= yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_documentation_matches_the_signature(name):
    module = importlib.import_module(f"{PACKAGE}.{name}")
    documentation = yaml.safe_load(module.DOCUMENTATION)
    filters = module.FilterModule().filters()
    assert list(filters) == [name] == [documentation["name"]]
    assert yaml.safe_load(module.EXAMPLES)
    assert "_value" in yaml.safe_load(module.RETURN)
    parameters = list(inspect.signature(filters[name]).parameters.values())[1:]
    positional = documentation.get("positional", "")
    documented = [item.strip() for item in positional.split(",") if item.strip()]
    assert len(documented) == len(parameters)
    assert set(options(documentation)) == {"_input", *documented}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pod_mtu.pod_mtu("abc"), "fastpath.k8s.pod_mtu: NIC MTU must be an integer"),
        (lambda: conntrack.conntrack(1, "x"), "fastpath.k8s.conntrack: conntrack_max must be"),
        (lambda: kube_proxy_config.kube_proxy_config(None), "service_proxy is missing"),
        (lambda: calico_manifest.calico_manifest(None, {}), "the manifest must be text"),
        (lambda: calico_manifest.calico_manifest("a: [", {}), "the manifest is not YAML"),
    ],
)
def test_errors_are_those_of_a_template(call, message):
    with pytest.raises(AnsibleTemplatePluginError, match=message):
        call()


def test_an_error_points_at_the_part_that_is_wrong():
    culprit = ["not", "a", "number"]
    with pytest.raises(AnsibleTemplatePluginError) as caught:
        sysctl_profile.sysctl_profile({}, 1024, {"vm.swappiness": culprit})
    assert caught.value.obj is culprit


def test_an_error_without_a_part_points_at_the_input():
    nics = []
    with pytest.raises(AnsibleTemplatePluginError) as caught:
        pod_mtu.pod_mtu(nics)
    assert caught.value.obj is nics


def test_the_fitted_manifest_is_yaml_again():
    text = """
kind: ConfigMap
metadata: {name: calico-config}
data: {veth_mtu: "0"}
---
kind: DaemonSet
metadata: {name: calico-node}
spec: {template: {spec: {containers: [{name: calico-node}]}}}
"""
    plan = {"mtu": 1450, "pod_cidr": "10.244.0.0/16"}
    documents = list(yaml.safe_load_all(calico_manifest.calico_manifest(text, plan)))
    assert documents[0]["data"] == {"veth_mtu": "1450"}
