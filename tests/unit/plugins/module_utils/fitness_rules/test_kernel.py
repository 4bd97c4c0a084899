"""The kernel that the plan needs."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _modules
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import (
    kernel,
    kernel_config,
)

CILIUM = {"pod_network": "cilium", "service_proxy": "cilium"}
NFTABLES = {"service_proxy": "nftables"}


@pytest.mark.parametrize(
    ("release", "planned", "verdict", "words"),
    [
        ("5.13.0-1", NFTABLES, "warning", "which kubeadm does not know: it knows 5.4, 5.10 and"),
        ("5.12.9", NFTABLES, "error", "service proxy nftables needs 5.13: kube-proxy does not"),
        ("5.12.9", {}, "warning", "kubeadm does not know"),
        ("5.15.0-91-generic", NFTABLES, "ok", ""),
        ("5.10.0", CILIUM | {"congestion_control": "cubic"}, "ok", ""),
        ("5.9.16", CILIUM, "error", "pod network cilium needs 5.10: the agent does not start"),
        ("5.15.0", CILIUM, "info", "bbr in pods needs 5.18: the hosts alone have it"),
        ("5.18.0", CILIUM, "warning", "kubeadm does not know"),
        ("6.0.0", CILIUM, "ok", ""),
        ("10.1", {}, "ok", ""),
        ("5.4.0", {}, "ok", ""),
        ("", {}, "info", "The kernel of w1 could not be read"),
    ],
)
def test_release(one, release, planned, verdict, words):
    found = one("kernel", "kernel release", {"kernel.release": release}, **planned)
    assert found.verdict == verdict
    assert words in found.message


def test_an_old_kernel_is_told_with_what_it_lacks(one):
    found = one("kernel", "kernel release", {"kernel.release": "5.4.0-150-generic"}, **NFTABLES)
    assert found.threshold == "5.13 for service proxy nftables"
    assert found.message == (
        "w1 runs kernel 5.4.0-150-generic, and service proxy nftables needs 5.13: kube-proxy does "
        "not fall back, it exits."
    )
    assert found.fix == "Install a newer kernel, or set fastpath_service_proxy to ipvs."


@pytest.mark.parametrize(("missing", "verdict"), [([], "ok"), (None, "info"), (["x"], "error")])
def test_modules(one, missing, verdict):
    found = one("kernel-modules", "kernel modules", {"kernel.missing_modules": missing})
    assert found.verdict == verdict


def test_missing_modules_are_named_with_what_needs_them(one):
    missing = {"kernel.missing_modules": ["ip_vs", "ip_vs_rr", "xt_set", "sch_fq", "nf_conntrack"]}
    found = one("kernel-modules", "kernel modules", missing)
    assert found.verdict == "error"
    assert found.message == (
        "w1 lacks kernel modules: ip_vs, ip_vs_rr, xt_set for service proxy ipvs; sch_fq for "
        "congestion control bbr; nf_conntrack for connection tracking."
    )
    assert found.fix.startswith("Install linux-modules-extra-6.12.57+deb13-amd64 (Ubuntu), or a")
    assert found.value == "without ip_vs, ip_vs_rr, xt_set, sch_fq, nf_conntrack"


@pytest.mark.parametrize("proxy", _modules.SERVICE_PROXIES)
def test_every_module_that_a_plan_loads_has_a_purpose(one, proxy):
    planned = {"service_proxy": proxy, "congestion_control": "dctcp", "wireguard": True}
    modules = _modules.kernel_modules(planned)
    found = one("kernel-modules", "kernel modules", {"kernel.missing_modules": modules}, **planned)
    assert "for the plan" not in found.message


@pytest.mark.parametrize(
    ("config", "planned", "verdict", "value"),
    [
        (None, {}, "info", "not read"),
        ({}, {}, "info", "not read"),
        ({"NAMESPACES": "y", "MEMCG": "m"}, {}, "ok", "2 there"),
        ({"CONFIG_NAMESPACES": "n"}, {}, "error", "without CONFIG_NAMESPACES for kubeadm"),
        # The option has had two names, and one of them is enough.
        (
            {"NETFILTER_XT_TARGET_REDIRECT": "n", "IP_NF_TARGET_REDIRECT": "m"},
            {},
            "ok",
            "1 there",
        ),
        ({"NET_CLS_BPF": "n"}, {}, "info", "not read"),
        (
            {"NET_CLS_BPF": "n", "BPF_JIT": "n", "INET": "n"},
            CILIUM,
            "error",
            "without CONFIG_INET for kubeadm; CONFIG_BPF_JIT, CONFIG_NET_CLS_BPF for Cilium",
        ),
    ],
)
def test_options(one, config, planned, verdict, value):
    found = one("kernel", "kernel options", {"kernel.config": config}, **planned)
    assert (found.verdict, found.value) == (verdict, value)


def test_an_option_that_is_missing_is_told(one):
    found = one("kernel", "kernel options", {"kernel.config": {"CGROUP_BPF": "n"}})
    assert found.message == (
        "The kernel of w1 was built without options that are needed: CONFIG_CGROUP_BPF for kubeadm."
    )


def test_hosts_are_asked_about_what_is_judged():
    assert "NET_CLS_BPF" not in kernel_config.options({"pod_network": "calico"})
    options = kernel_config.options({"pod_network": "cilium"})
    assert {"NET_CLS_BPF", "MEMCG", "IP_NF_TARGET_REDIRECT"} <= set(options)
    assert len(options) == len(set(options))


def test_bbr_in_pods_is_no_error_beside_an_error(one):
    found = one("kernel", "kernel release", {"kernel.release": "5.4.1"}, **CILIUM)
    assert found.verdict == "error"
    assert found.threshold == "5.10 for pod network cilium and 5.18 for bbr in pods"
    assert kernel.CILIUM_KERNEL == (5, 10)


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"locked": True, "not_loaded": ["ip_vs"]}, "error", "and needs ip_vs for service proxy"),
        ({"locked": True, "not_loaded": ["ip_vs"], "missing_modules": ["ip_vs"]}, "error",
         "kernel.modules_disabled is 1"),
        # What is loaded stays loaded.
        ({"locked": True, "not_loaded": []}, "ok", ""),
        ({"locked": False, "not_loaded": ["ip_vs"]}, "ok", ""),
        ({"locked": None, "not_loaded": None}, "ok", ""),
    ],
)  # fmt: skip
def test_locked_modules(one, changes, verdict, words):
    changes = {f"kernel.{key}": value for key, value in changes.items()}
    found = one("kernel-modules", "kernel modules", changes)
    assert found.verdict == verdict
    assert words in found.message
    assert verdict == "ok" or "reboot" in found.fix


def test_a_file_that_forbids_a_module_is_named(one):
    changes = {
        "kernel.missing_modules": ["ip_vs", "sch_fq"],
        "kernel.forbidden_modules": {"ip_vs": "/etc/modprobe.d/cis.conf"},
    }
    found = one("kernel-modules", "kernel modules", changes)
    assert found.verdict == "error"
    assert found.message.endswith("; /etc/modprobe.d/cis.conf forbids ip_vs.")
    assert found.fix.startswith("Remove the install lines of ip_vs from /etc/modprobe.d/cis.conf,")
