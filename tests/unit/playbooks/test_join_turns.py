"""A host's token is made right before the host joins, however many hosts join before it."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/kubernetes/tasks"


def _plays():
    return yaml.safe_load((ROOT / "playbooks/site.yml").read_text())


def _calls(play):
    """The roles of a play by short name, with the file of tasks and the variables."""
    roles = [{"name": role["role"], "vars": role.get("vars", {})} for role in play.get("roles", [])]
    before, after = (
        [
            {**task["ansible.builtin.import_role"], "vars": task.get("vars", {})}
            for task in play.get(part, [])
        ]
        for part in ("pre_tasks", "tasks")
    )
    return [
        (call["name"].rpartition(".")[2], call.get("tasks_from", "main"), call["vars"])
        for call in before + roles + after
    ]


def test_hosts_join_in_a_play_that_takes_each_through_all_its_tasks():
    plays = [play for play in _plays() if "hosts" in play]
    joining = [
        (play.get("strategy", "linear"), _calls(play))
        for play in plays
        for name, tasks, given in _calls(play)
        if name == "kubernetes" and (tasks == "join_cluster" or given.get("kubernetes_join", True))
    ]
    assert joining == [("ansible.builtin.host_pinned", [("kubernetes", "join_cluster", {})])]


def test_nothing_waits_between_a_token_and_its_use():
    (entry,) = yaml.safe_load((ROLE / "join_cluster.yml").read_text())
    assert entry["ansible.builtin.include_tasks"] == "join.yml"
    token, join = yaml.safe_load((ROLE / "join.yml").read_text())
    assert token["block"][0]["ansible.builtin.command"]["argv"][:3] == [
        "kubeadm",
        "token",
        "create",
    ]
    assert join["fastpath.k8s.kubeadm"]["command"] == "join"


def test_kube_proxy_is_configured_before_others_join():
    order = [
        (name, tasks) for play in _plays() if "hosts" in play for name, tasks, _ in _calls(play)
    ]
    assert order.index(("kubernetes", "main")) < order.index(("service_proxy", "configure"))
    assert order.index(("service_proxy", "configure")) < order.index(("kubernetes", "join_cluster"))
    assert order.index(("kubernetes", "join_cluster")) < order.index(("service_proxy", "wait"))
    assert order.index(("service_proxy", "wait")) < order.index(("calico", "main"))
