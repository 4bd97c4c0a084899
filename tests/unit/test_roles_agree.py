"""What stands in two roles is the same in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Inventory

ROLES = Path(__file__).parents[2] / "roles"


def defaults(role):
    return yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text())


def test_the_mirror_has_the_image_of_the_test_pods():
    assert defaults("verify")["verify_image"] in defaults("mirror")["mirror_extra_images"]


def test_the_mirror_has_the_version_of_calico_that_is_installed():
    assert defaults("calico")["calico_version"] == f"v{defaults('mirror')['mirror_calico_version']}"


def test_the_mirror_has_the_version_of_kubernetes_that_is_installed():
    def version(expression):
        return re.search(r"default\('([0-9.]+)'", expression)[1]

    installed = version(defaults("kubernetes")["kubernetes_version"])
    assert installed == version(defaults("mirror")["mirror_kubernetes_version"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("preflight", "preflight_disk_path"), ("kubernetes", "kubernetes_etcd_data_dir")),
        (("preflight", "preflight_service_cidr"), ("kubernetes", "kubernetes_service_cidr")),
    ],
)
def test_preflight_asks_about_what_is_made(one, other):
    (role, variable), (making, made) = one, other
    assert defaults(role)[variable] == defaults(making)[made]


def test_role_cilium_plans_what_validate_plans():
    """What one of them leaves out, the filters would take from their own defaults."""
    variables = yaml.safe_load((ROLES / "cilium" / "vars" / "main.yml").read_text())
    host = {"ansible_host": "10.0.0.1", "fastpath_pod_network": "cilium"}
    groups = {"kube_control_plane": ["cp1"], "kube_node": ["cp1"], "all": ["cp1"]}
    planned = _plan.cilium_plan(Cluster(Inventory(groups, {"cp1": host})))
    assert set(variables["__cilium_plan"]) == set(planned)
