"""Name servers of a host, and the file that pods get."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import resolver

STUB, UPSTREAM = "/run/systemd/resolve/stub-resolv.conf", "/run/systemd/resolve/resolv.conf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameserver 10.0.0.2\nnameserver fd00::2\n", ["10.0.0.2", "fd00::2"]),
        ("# nameserver 1.1.1.1\n;nameserver 1.1.1.1\nsearch a.b\n", []),
        ("  nameserver\t127.0.0.1  \noptions edns0", ["127.0.0.1"]),
        ("nameserver\nnameserver fe80::1%eth0 # router", ["fe80::1%eth0"]),
        ("", []),
    ],
)
def test_name_servers(text, expected):
    assert resolver.parse_nameservers(text) == expected


def test_a_plain_file(tree):
    tree.file("/etc/resolv.conf", "nameserver 10.0.0.2\n")
    assert resolver.read(tree, ["sshd"]) == {
        "resolved": False,
        "kubelet": "/etc/resolv.conf",
        "link": "",
        "flag": "",
        "config": "",
        "files": {"/etc/resolv.conf": ["10.0.0.2"], UPSTREAM: None},
    }


@pytest.mark.parametrize("target", [STUB, f"..{STUB}"])
def test_systemd_resolved(tree, target):
    tree.file(STUB, "nameserver 127.0.0.53\n")
    tree.file(UPSTREAM, "nameserver 10.0.0.2\n")
    tree.symlink("/etc/resolv.conf", target)
    found = resolver.read(tree, ["systemd-resolved"])
    assert (found["resolved"], found["kubelet"], found["link"]) == (True, UPSTREAM, target)
    assert found["files"] == {"/etc/resolv.conf": ["127.0.0.53"], UPSTREAM: ["10.0.0.2"]}
    assert resolver.read(tree, [])["kubelet"] == "/etc/resolv.conf"


@pytest.mark.parametrize("target", [None, STUB, "resolv.conf", "/nowhere/resolv.conf"])
def test_a_file_that_is_not_there(tree, target):
    tree.dir("/etc")
    if target:
        tree.symlink("/etc/resolv.conf", target)
    found = resolver.read(tree, [])
    assert (found["files"]["/etc/resolv.conf"], found["link"]) == (None, target or "")


@pytest.mark.parametrize(
    ("files", "flag", "config"),
    [
        ({"/var/lib/kubelet/config.yaml": "kind: X\nresolvConf: /etc/own.conf # ours\n"}, "",
         "/etc/own.conf"),
        ({"/var/lib/kubelet/config.yaml": 'resolvConf: "/etc/own.conf"\n'}, "", "/etc/own.conf"),
        ({"/var/lib/kubelet/config.yaml": "x:\n  resolvConf: /etc/own.conf\n"}, "", ""),
        ({"/var/lib/kubelet/config.yaml": 'resolvConf: ""\n'}, "", ""),
        ({"/etc/default/kubelet": 'KUBELET_EXTRA_ARGS="--v=2 --resolv-conf=/etc/own.conf"\n'},
         "/etc/own.conf", ""),
        ({"/etc/default/kubelet": "#KUBELET_EXTRA_ARGS=--resolv-conf=/etc/own.conf\n"}, "", ""),
        ({"/var/lib/kubelet/kubeadm-flags.env":
          'KUBELET_KUBEADM_ARGS="--resolv-conf /etc/own.conf"\n'}, "/etc/own.conf", ""),
        # What stands later on kubelet's command line counts.
        ({"/var/lib/kubelet/kubeadm-flags.env": 'KUBELET_KUBEADM_ARGS="--resolv-conf=/etc/x"\n',
          "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--resolv-conf=/etc/own.conf\n"},
         "/etc/own.conf", ""),
    ],
)  # fmt: skip
def test_the_file_that_kubelet_is_set_to(tree, files, flag, config):
    tree.file("/etc/own.conf", "nameserver 10.0.0.9\n")
    for path, text in files.items():
        tree.file(path, text)
    found = resolver.read(tree, [])
    assert (found["flag"], found["config"]) == (flag, config)
    if flag or config:
        assert found["files"]["/etc/own.conf"] == ["10.0.0.9"]
