"""KubeProxyConfiguration."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _service_proxy

IPVS = {"service_proxy": "ipvs", "pod_cidr": "10.244.0.0/16"}


def test_ipvs():
    assert _service_proxy.kube_proxy_config(IPVS) == {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "ipvs",
        "clusterCIDR": "10.244.0.0/16",
        "metricsBindAddress": "127.0.0.1:10249",
        "conntrack": {
            "maxPerCore": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "ipvs": {
            "scheduler": "rr",
            "strictARP": False,
            "syncPeriod": "30s",
            "minSyncPeriod": "1s",
        },
    }


@pytest.mark.parametrize("mode", ["nftables", "iptables"])
def test_other_modes_have_no_ipvs_fields(mode):
    config = _service_proxy.kube_proxy_config({**IPVS, "service_proxy": mode})
    assert config["mode"] == mode
    assert config[mode] == {"syncPeriod": "30s", "minSyncPeriod": "1s"}
    assert "ipvs" not in config


@pytest.mark.parametrize("mode", ["ipvs", "nftables", "iptables"])
def test_the_result_has_known_fields_only(mode):
    _service_proxy.check_fields(_service_proxy.kube_proxy_config({**IPVS, "service_proxy": mode}))


def test_plan_values_are_taken():
    config = _service_proxy.kube_proxy_config(
        {
            **IPVS,
            "ipvs_scheduler": "lc",
            "ipvs_strict_arp": "true",
            "proxy_sync_period": "1m",
            "proxy_min_sync_period": "500ms",
        }
    )
    assert config["ipvs"] == {
        "scheduler": "lc",
        "strictARP": True,
        "syncPeriod": "1m",
        "minSyncPeriod": "500ms",
    }


def test_overrides_are_merged():
    config = _service_proxy.kube_proxy_config(
        IPVS,
        {
            "ipvs": {"tcpTimeout": "2h5m", "scheduler": None},
            "featureGates": {"KubeProxyIPVS": True},
            "oomScoreAdj": -998,
        },
    )
    assert config["ipvs"]["tcpTimeout"] == "2h5m"
    assert config["ipvs"]["scheduler"] == "rr"
    assert config["featureGates"] == {"KubeProxyIPVS": True}
    assert config["oomScoreAdj"] == -998


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"ipvs": {"strictArp": True}}, r"^ipvs.strictArp is no field.*did you mean strictARP"),
        ({"scheduler": "rr"}, r"^scheduler is no field.*did you mean ipvs.scheduler"),
        ({"strictARP": True}, "did you mean ipvs.strictARP"),
        ({"minSyncPeriods": "1s"}, "^minSyncPeriods is no field"),
        ({"ipvs": "rr"}, "ipvs must be a dictionary"),
        ({"mode": "nftables"}, "fastpath_service_proxy decides it"),
        ({"kind": "X"}, "kube_proxy_config.kind"),
        (["ipvs"], "kube_proxy_config must be a dictionary"),
    ],
)
def test_overrides_that_kube_proxy_would_ignore(overrides, message):
    with pytest.raises(ValueError, match=message):
        _service_proxy.kube_proxy_config(IPVS, overrides)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"service_proxy": "cilium"}, "no configuration"),
        ({"service_proxy": "userspace"}, "service_proxy must be one of"),
        ({"ipvs_scheduler": "fo"}, "one endpoint"),
        ({"ipvs_strict_arp": "maybe"}, "true or false"),
        ({"proxy_sync_period": "30"}, "must be a duration"),
        ({"proxy_sync_period": 30}, "must be a duration"),
        ({"proxy_sync_period": "0"}, "longer than 0"),
        ({"proxy_min_sync_period": "31s"}, "longer than proxy_sync_period"),
        ({"proxy_min_sync_period": "-1s"}, "must be a duration"),
        ({"pod_cidr": None}, "pod_cidr is missing"),
        ({"pod_cidr": "10.244.0.1/16"}, "host bits"),
    ],
)
def test_plans_that_cannot_be(plan, message):
    with pytest.raises(ValueError, match=message):
        _service_proxy.kube_proxy_config({**IPVS, **plan})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("0s", 0), ("1.5s", 1.5), ("1h1m1s", 3661), ("250ms", 0.25), ("10us", 1e-5)],
)
def test_durations(text, seconds):
    assert _service_proxy.duration_seconds(text, "x") == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("live", "planned", "expected"),
    [
        ({"syncPeriod": "5m0s"}, {"syncPeriod": "300s"}, {"syncPeriod": "5m0s"}),
        ({"syncPeriod": "5m1s"}, {"syncPeriod": "300s"}, {"syncPeriod": "300s"}),
        ({"minSyncPeriod": "0s"}, {"minSyncPeriod": "0"}, {"minSyncPeriod": "0s"}),
        ({"kept": 1, "mode": ""}, {"mode": "ipvs"}, {"kept": 1, "mode": "ipvs"}),
        # What is missing, or has another type, is what was planned.
        ({}, {"ipvs": {"syncPeriod": "30s"}}, {"ipvs": {"syncPeriod": "30s"}}),
        ({"ipvs": None}, {"ipvs": {"syncPeriod": "30s"}}, {"ipvs": {"syncPeriod": "30s"}}),
    ],
)
def test_what_a_cluster_has_stays_as_it_is_written_where_it_means_the_same(live, planned, expected):
    assert _service_proxy.merge_live(live, planned) == expected
