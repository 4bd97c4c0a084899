"""What stands in two roles is the same in both."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

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
