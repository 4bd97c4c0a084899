"""Values that Cilium's chart once had, and the version of the chart."""

from __future__ import annotations

import pytest

VALUES = "fastpath_cilium_values"
MINE = f"error [cilium-values] {VALUES}"

#: The keys on which the chart's templates/validate.yaml fails, and since when they are gone.
REFUSED = [
    ({"enableCiliumEndpointSlice": True}, "1.18"),
    ({"ciliumEndpointSlice": {"sliceMode": "identity"}}, "1.18"),
    ({"encryption": {"keyFile": "keys"}}, "1.16"),
    ({"encryption": {"mountPath": "/etc/ipsec"}}, "1.16"),
    ({"encryption": {"secretName": "keys"}}, "1.16"),
    ({"encryption": {"interface": "eth0"}}, "1.16"),
    ({"proxy": {"prometheus": {"enabled": False}}}, "1.16"),
    ({"proxy": {"prometheus": {"port": "9964"}}}, "1.16"),
    ({"endpointStatus": {"enabled": True}}, "1.16"),
    ({"remoteNodeIdentity": True}, "1.16"),
    ({"containerRuntime": {"integration": "containerd"}}, "1.16"),
    ({"etcd": {"managed": True}}, "1.16"),
    ({"tunnel": "disabled"}, "1.15"),
    ({"clustermesh": {"apiserver": {"tls": {"ca": {"cert": "x"}}}}}, "1.15"),
    ({"clustermesh": {"apiserver": {"tls": {"ca": {"key": "x"}}}}}, "1.15"),
    ({"enableK8sEventHandover": True}, "1.15"),
    ({"enableCnpStatusUpdates": True}, "1.15"),
]


@pytest.mark.parametrize(("values", "since"), REFUSED, ids=str)
def test_the_chart_refuses_what_it_once_had(found, values, since):
    (said,) = found({"fastpath_pod_network": "cilium", VALUES: values})
    assert said.startswith(MINE)
    assert f": was removed in Cilium {since}, and the chart itself refuses it. Fix: " in said
    assert "Did you mean" not in said


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"remoteNodeIdentity": False}, "was removed in Cilium 1.16, and helm would ignore it."),
        ({"sessionAffinity": True}, "was removed in Cilium 1.19, and helm would ignore it."),
        (
            {"clustermesh": {"apiserver": {"tls": {"server": {"cert": "x"}}}}},
            "was removed, and helm would ignore it.",
        ),
        ({"proxy": {"other": 1}}, "is no value of the chart 1.20.1, and helm would ignore it."),
    ],
)
def test_helm_ignores_what_is_set_to_nothing(found, values, end):
    (said,) = found({"fastpath_pod_network": "cilium", VALUES: values})
    assert end in said
    assert "Did you mean" not in said


VERSIONS = [
    (
        {"cilium_version": "v1.20.1"},
        "error [version] cilium_version: is v1.20.1, and the chart's versions have no v: helm "
        "would not find it. Fix: Write 1.20.1.",
    ),
    (
        {"cilium_version": "1.19.4"},
        "warning [version] cilium_version: is 1.19.4, and values are made for and checked against "
        "chart 1.20.1: what 1.19 calls otherwise goes unseen. Fix: Use 1.20, or compare",
    ),
    (
        {"cilium_version": 1.2},
        "error [version] cilium_version: must be a whole version, got 1.2. Fix: Write it in quotes",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), VERSIONS, ids=str)
def test_another_chart_is_told(found, variables, expected):
    text = "\n".join(found({"fastpath_pod_network": "cilium", **variables}))
    assert text.startswith(expected), text


def test_the_chart_that_is_known_is_not_told(found):
    assert found({"fastpath_pod_network": "cilium", "cilium_version": "1.20.7"}) == []
    assert found({"fastpath_pod_network": "calico", "cilium_version": "v1"}) == []
