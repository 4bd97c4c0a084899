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


#: A variable with a value that is wrong, what is told of it, and words that must not be.
_DERIVED = [
    (
        "fastpath_control_plane_endpoint",
        "https://secrethost.corp:6443/",
        "must be host:port",
        ["secrethost", "corp"],
    ),
    ("fastpath_pod_cidr", "10.247.11.0/16", "must be a network such as", ["10.247"]),
    (
        "fastpath_package_repository",
        "http://user:geheim@depot.corp/a b",
        "must be a URL",
        ["user", "geheim", "depot", "corp"],
    ),
]


@pytest.mark.parametrize(("name", "secret", "said", "words"), _DERIVED)
def test_what_follows_from_a_secret_is_one(validate, arguments, name, secret, said, words):
    run = validate("inventories/sample", over=_encrypted(name, secret), arguments=arguments)
    assert run.status == 2
    (problem,) = [problem for problem in run.problems if problem["level"] == "error"]
    assert problem["path"] == name
    assert said in problem["message"]
    assert not [word for word in words if word in run.output + json.dumps(run.problems)]


def test_what_is_made_of_a_secret_is_one(validate, arguments):
    over = _encrypted("mine", "secrethost") + (
        'other: "{{ mine }}.corp"\n'
        'fastpath_control_plane_endpoint: "https://{{ hostvars[inventory_hostname].other }}/x"\n'
        'fastpath_sysctl_overrides: {vm.swappiness: "{{ (mine ~ 11) | upper }}"}\n'
        'fastpath_max_pods: "{{ mine | from_json }}"\n'
    )
    run = validate("inventories/sample", over=over, arguments=arguments)
    paths = {problem["path"] for problem in run.problems if problem["level"] == "error"}
    assert paths == {
        "fastpath_control_plane_endpoint",
        "fastpath_max_pods",
        "fastpath_sysctl_overrides['vm.swappiness']",
    }
    assert "secrethost" not in (run.output + json.dumps(run.problems)).lower()


def test_a_file_may_be_encrypted_as_a_whole(validate, arguments, tmp_path):
    plain = 'vault_host: secrethost\nfastpath_control_plane_endpoint: "http://{{ vault_host }}/"\n'
    over = VaultLib([("default", _KEY)]).encrypt(plain, _KEY).decode()
    run = validate("inventories/sample", over=over, arguments=arguments)
    assert run.status == 2
    assert [problem["path"] for problem in run.problems if problem["level"] == "error"] == [
        "fastpath_control_plane_endpoint"
    ]
    assert "secrethost" not in run.output + json.dumps(run.problems)


def test_a_plan_holds_nothing_that_follows_from_a_secret(validate, arguments):
    over = _encrypted("fastpath_pod_cidr", "FD77:0:0:1:0::/64") + (
        "fastpath_service_cidr: fd78::/112\n"
        "fastpath_bgp_peers:\n  - as_number: 64513\n    " + "address: !vault |\n      "
    )
    text = VaultLib([("default", _KEY)]).encrypt("FD79::77", _KEY).decode()
    over += "\n      ".join(text.splitlines()) + "\n"
    hosts = "k8s_cluster:\n  hosts:\n"
    for number in (1, 2, 3):
        hosts += f"    node{number}: {{ansible_host: 'fd80::{number}'}}\n"
    run = validate("inventories/sample", over=over, hosts=hosts, arguments=arguments)
    assert run.status == 0, run.output
    cluster = run.plan["cluster"]
    assert (cluster["pod_cidr"], cluster["service_cidr"]) == ("***", "fd78::/112")
    assert cluster["bgp"]["peers"] == ["***"]
    assert cluster["bgp"]["as_number"] == 64512
    for word in ("fd77", "fd79"):
        assert word not in (run.output + json.dumps(run.plan)).lower()
