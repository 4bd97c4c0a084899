"""What a vault holds stays out of everything that validate.yml prints and writes."""

from __future__ import annotations

import json

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

_KEY = VaultSecret(b"known")


def _encrypted(name, secret):
    text = VaultLib([("default", _KEY)]).encrypt(secret, _KEY).decode()
    return f"{name}: !vault |\n  " + "\n  ".join(text.splitlines()) + "\n"


@pytest.fixture
def arguments(tmp_path):
    password = tmp_path / "password"
    password.write_text("known\n")
    return ["--vault-password-file", str(password)]


def test_problems_hold_no_secret(validate, arguments):
    over = _encrypted("fastpath_image_repository", "Hunter2")
    run = validate("inventories/sample", over=over, arguments=arguments)
    assert run.status == 2
    (problem,) = [problem for problem in run.problems if problem["level"] == "error"]
    assert problem["message"] == "must be a URL, got '***'."
    assert "Hunter2" not in run.output + json.dumps(run.problems)


def test_the_plan_holds_no_secret(validate, arguments):
    over = _encrypted("fastpath_cluster_name", "hunter3")
    run = validate("inventories/sample", over=over, arguments=arguments)
    assert run.status == 0, run.output
    assert run.plan["cluster"]["name"] == "***"
    assert "hunter3" not in run.output + json.dumps(run.plan)
