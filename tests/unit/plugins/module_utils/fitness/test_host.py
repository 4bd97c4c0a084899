"""What is absent is empty, and takes nothing else away."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import processes
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.read import Options, everything


def test_a_host_of_which_nothing_can_be_read(tree):
    tree.folder.mkdir()
    found = everything(tree, Options(interface="eth0", modules=["ip_vs"], interval=0))
    assert found["kernel"] == {
        "release": "", "config": None, "missing_modules": ["ip_vs"], "forbidden_modules": {},
        "not_loaded": ["ip_vs"], "locked": False,
    }  # fmt: skip
    assert (found["swap_at_boot"], found["certificates"]) == ([], [])
    assert found["release"]["id"] == ""
    assert found["cgroup"] == {"version": 1, "controllers": []}
    assert (found["swap"], found["ports"], found["memory_mib"]) == ([], [], None)
    assert found["nic"]["kind"] == ""
    assert found["firewall"] == {"managers": [], "foreign": []}
    assert found["leftovers"]["paths"] == []
    assert found["disk"]["measured"] is False


def test_all_keys_and_a_real_interval():
    found = everything(Host(), Options(interval=1))
    assert set(found) == {
        "kernel", "cgroup", "swap", "clock", "time", "identity", "ports", "nic", "cpu",
        "memory_mib", "disk", "firewall", "kubeadm", "leftovers", "mirrors", "release", "routes",
        "swap_at_boot", "resolver", "certificates", "cluster", "runtimes", "proxy",
        "container_runtime",
    }  # fmt: skip
    assert 1 <= found["cpu"]["interval_s"] < 10
    assert 1 <= found["time"]["end"] - found["time"]["start"] < 10
    assert found["kernel"]["release"]
    assert found["memory_mib"] > 100
    assert found["cpu"]["count"] >= 1


def test_text_that_is_no_utf_8_is_read(tree):
    tree.dir("/etc")
    (tree.folder / "etc/machine-id").write_bytes(b"\xff\xfe\n")
    assert tree.text("/etc/machine-id") == "\ufffd\ufffd"


def test_names_of_processes_are_whole(tree):
    tree.process(7, "kube-controller", command="kube-controller-manager\0--v=2\0")
    tree.process(8, "systemd-timesyn", command="/lib/systemd/systemd-timesyncd\0")
    tree.process(9, "nginx", command="nginx: master process nginx\0")
    tree.process(10, "exactly15letter", command="python3\0")
    assert list(processes.running(tree).values()) == [
        "kube-controller-manager",
        "systemd-timesyncd",
        "nginx",
        "exactly15letter",
    ]
