"""Name servers that pods get."""

from __future__ import annotations

import pytest

ETC, RUN = "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"


def facts(etc=None, run=None, resolved=False, link=""):
    kubelet = RUN if resolved else ETC
    return {"resolved": resolved, "kubelet": kubelet, "link": link, "files": {ETC: etc, RUN: run}}


@pytest.mark.parametrize(
    ("resolver", "verdict", "words"),
    [
        (facts(["10.0.0.2"]), "ok", ""),
        (facts(["127.0.0.53"], ["10.0.0.2"], resolved=True), "ok", ""),
        (facts(["127.0.0.54"], ["10.0.0.2"], resolved=True), "ok", ""),
        # With systemd-resolved kubeadm gives pods its file, whatever programs of the host read.
        (facts(["127.0.0.1"], ["10.0.0.2"], resolved=True), "ok", ""),
        (facts(["fe80::1%eth0"]), "ok", ""),
        (facts(["127.0.0.1"]), "error", "has nameserver 127.0.0.1, and pods get it"),
        (facts(["127.0.1.1"]), "error", "in a loop"),
        (facts(["::1"]), "error", "in a loop"),
        (facts(["::ffff:127.0.0.1"]), "error", "in a loop"),
        (facts(["0.0.0.0"]), "error", "in a loop"),
        (facts(["10.0.0.2", "127.0.0.1"]), "error", "has nameserver 127.0.0.1,"),
        # The stub of a systemd-resolved that does not run.
        (facts(["127.0.0.53"]), "error", "in a loop"),
        (facts(["127.0.0.53"], ["10.0.0.2"]), "error", "in a loop"),
        (facts(["127.0.0.53"], ["127.0.0.1"], resolved=True), "error", f"{RUN} of w1 has"),
        (facts([]), "warning", "names no name server"),
        (facts(["127.0.0.53"], [], resolved=True), "warning", "names no name server"),
        (facts(), "error", "has no file /etc/resolv.conf: kubelet can make no pod"),
        (facts(link="../run/systemd/resolve/stub-resolv.conf"), "error", "there is no such file"),
        (facts(["10.0.0.2"], None, resolved=True), "error", f"has no file {RUN}"),
        (facts(None, ["10.0.0.2"], resolved=True), "warning", "may not resolve the names"),
        (None, "info", "could not be read"),
    ],
)
def test_name_servers_of_pods(one, resolver, verdict, words):
    found = one("resolver", "name servers of pods", {"resolver": resolver})
    assert found.verdict == verdict
    assert words in found.message
    assert found.fix or verdict in ("ok", "info")


@pytest.mark.parametrize(
    ("path", "verdict"), [(RUN, "ok"), (ETC, "error"), ("/etc/kubelet-resolv.conf", "info")]
)
def test_a_file_that_the_plan_gives_kubelet(one, path, verdict):
    resolver = {"resolver": facts(["127.0.0.1"], ["10.0.0.2"])}
    patches = {"kubeletconfiguration": {"resolvConf": path}}
    found = one("resolver", "name servers of pods", resolver, kubernetes_patches=patches)
    assert found.verdict == verdict


OWN = "/etc/own.conf"
NODE = {"leftovers.kubelet_server": "https://10.0.0.11:6443"}


def own(servers, etc=("127.0.0.1",), **more):
    given = facts(list(etc))
    return {**given, "files": {**given["files"], OWN: servers}, **more}


@pytest.mark.parametrize(
    ("resolver", "changes", "verdict"),
    [
        (own(["10.0.0.2"], config=OWN), NODE, "ok"),
        (own(["10.0.0.2"], flag=OWN), NODE, "ok"),
        (own(["10.0.0.2"], flag=OWN), {}, "ok"),
        # kubeadm writes the configuration of a host that is no node anew.
        (own(["10.0.0.2"], config=OWN), {}, "error"),
        (own(["127.0.0.1"], ["10.0.0.2"], config=OWN), NODE, "warning"),
        (own(["127.0.0.1"], ["10.0.0.2"], flag=OWN, config=ETC), NODE, "warning"),
        (own(["127.0.0.1"], ["10.0.0.2"], flag=OWN), {}, "error"),
        (facts(["127.0.0.1"]), NODE, "warning"),
        (own(None, ["10.0.0.2"], config=OWN), NODE, "error"),
    ],
)
def test_a_node_is_judged_by_what_its_kubelet_has(one, resolver, changes, verdict):
    found = one("resolver", "name servers of pods", {"resolver": resolver, **changes})
    assert found.verdict == verdict
    if verdict == "warning":
        assert "unless its Corefile" in found.message
        assert "systemd-resolved" not in found.fix
