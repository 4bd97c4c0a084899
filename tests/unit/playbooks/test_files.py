"""Files of variables that Ansible reads for nobody."""

from __future__ import annotations

import pytest

OVER = "fastpath_max_pods: 100\n"


@pytest.fixture
def told(validate, tmp_path):
    def find(name, content):
        path = tmp_path / "over" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        run = validate("inventories/sample")
        assert run.status == 0, run.output
        return [line for line in run.lines("warning") if "read for no host" in line]

    return find


@pytest.mark.parametrize(
    ("name", "what", "meant"),
    [
        ("host_vars/node22.yml", "host node22", "node2"),
        ("host_vars/Node3", "host Node3", "node3"),
        ("host_vars/node2.example/a.yml", "host node2.example", "node2"),
    ],
)
def test_a_file_with_nearly_the_name_of_a_host(told, name, what, meant):
    (line,) = told(name, OVER)
    assert f"over/{'/'.join(name.split('/')[:2])}: is read for no host: there is no {what}." in line
    assert line.endswith(f"Fix: Did you mean {meant}? Rename it, or take it out.")


def test_a_file_with_our_variables_for_nobody(told):
    (line,) = told("host_vars/elsewhere.yaml", OVER)
    assert "over/host_vars/elsewhere.yaml: is read for no host: there is no host elsewhere." in line
    assert line.endswith("Fix: Name it after a host, or take it out.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("host_vars/elsewhere.yml", "colour: red\n"),
        ("host_vars/.node22.yml.swp", OVER),
        ("host_vars/node2.yml~", OVER),
        ("host_vars/node22.txt", OVER),
        ("host_vars/node2.yml", "colour: red\n"),
        ("host_vars/node2/main.yml", "colour: red\n"),
    ],
)
def test_other_files_are_left_alone(told, name, content):
    assert told(name, content) == []


def test_groups_have_files_too(validate, tmp_path):
    over = tmp_path / "inventory"
    (over / "group_vars").mkdir(parents=True)
    (over / "hosts.yml").write_text(
        "kube_control_plane: {hosts: {node1: {ansible_host: 192.0.2.11}}}\n"
        "kube_node: {hosts: {node2: {ansible_host: 192.0.2.12}}}\n"
        "k8s_cluster: {children: {kube_control_plane: {}, kube_node: {}}}\n"
    )
    (over / "group_vars" / "k8s-cluster.yml").write_text(OVER)
    (over / "group_vars" / "all.yml").write_text("colour: red\n")
    (over / "group_vars" / "kube_node.yml").write_text("colour: red\n")
    run = validate(over / "hosts.yml")
    (line,) = [line for line in run.lines("warning") if "read for no host" in line]
    assert "group_vars/k8s-cluster.yml: is read for no host: there is no group k8s-" in line
    assert line.endswith("Fix: Did you mean k8s_cluster? Rename it, or take it out.")
