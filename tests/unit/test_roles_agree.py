"""What stands in two roles is the same in both."""

from __future__ import annotations

from pathlib import Path

import yaml

ROLES = Path(__file__).parents[2] / "roles"


def defaults(role):
    return yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text())


def test_the_mirror_has_the_image_of_the_test_pods():
    assert defaults("verify")["verify_image"] in defaults("mirror")["mirror_extra_images"]
