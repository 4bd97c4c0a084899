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


@pytest.mark.parametrize(
    ("password", "why"),
    [(None, "no vault password was given"), ("other", "no vault password that was given opens it")],
)
def test_what_cannot_be_decrypted_wants_a_password(validate, tmp_path, password, why):
    over = _encrypted("fastpath_cluster_name", "hunter3") + "fastpath_max_pods: lots\n"
    arguments = []
    if password:
        file = tmp_path / "password"
        file.write_text(f"{password}\n")
        arguments = ["--vault-password-file", str(file)]
    run = validate("inventories/sample", over=over, arguments=arguments)
    assert run.status == 2
    lines = [line for line in run.lines("error") if "fastpath_cluster_name" in line]
    assert lines[0].startswith(
        f"error [type] fastpath_cluster_name: is encrypted, and {why}. Fix: Add --ask-vault-pass, "
        "or --vault-password-file with the file that holds it."
    )
    assert any("fastpath_max_pods: must be a whole number" in line for line in run.lines("error"))


def test_what_names_an_encrypted_value_says_so(validate):
    over = _encrypted("mine", "hunter3") + 'fastpath_cluster_name: "{{ mine }}"\n'
    run = validate("inventories/sample", over=over)
    (line,) = run.lines("error")
    assert "fastpath_cluster_name: names mine, which is encrypted, and no vault password" in line


def test_what_is_no_vault_at_all_is_not_a_matter_of_passwords(validate, arguments):
    over = "fastpath_cluster_name: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  nonsense\n"
    run = validate("inventories/sample", over=over, arguments=arguments)
    (line,) = run.lines("error")
    assert line.startswith(
        "error [type] fastpath_cluster_name: is encrypted, and cannot be decrypted: "
    )
    assert "Fix: Encrypt it anew with ansible-vault encrypt_string." in line
