"""What a role takes is written twice, as defaults and as a specification: both must agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils._role_variables import ROLE_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").glob("*") if path.is_dir())


def load(path):
    return (yaml.safe_load(path.read_text()) if path.exists() else None) or {}


def options(role):
    return load(role / "meta/argument_specs.yml")["argument_specs"]["main"].get("options") or {}


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_defaults_and_specification_name_the_same_variables(role):
    required = {name for name, option in options(role).items() if option.get("required")}
    defaults = set(load(role / "defaults/main.yml"))
    # A required variable has no default, or it would not be required.
    assert defaults == set(options(role)) - required


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_public_variables_carry_the_name_of_the_role(role):
    assert all(name.startswith(f"{role.name}_") for name in options(role))


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_the_specification_is_documented(role):
    specification = load(role / "meta/argument_specs.yml")["argument_specs"]["main"]
    assert specification["short_description"]
    assert specification["description"]
    assert all(option.get("description") for option in options(role).values())


def followed(role):
    """Return the cluster's variable that stands in each default of a role, or an empty string."""
    defaults = load(role / "defaults/main.yml")
    found = {
        name: re.search(r"fastpath_\w+", str(defaults.get(name, ""))) for name in options(role)
    }
    return {name: match[0] if match else "" for name, match in found.items()}


def test_the_core_knows_every_variable_of_a_role():
    assert {role.name: followed(role) for role in ROLES} == ROLE_VARIABLES
