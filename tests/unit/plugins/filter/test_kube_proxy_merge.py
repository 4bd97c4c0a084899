# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleTemplatePluginError

from ansible_collections.fastpath.k8s.plugins.filter.kube_proxy_merge import kube_proxy_merge

LIVE = (
    "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nmode: ''\nipvs: null\n"
)


def test_fields_of_the_cluster_are_kept():
    merged = yaml.safe_load(kube_proxy_merge(LIVE, {"mode": "ipvs", "ipvs": {"scheduler": "lc"}}))
    assert merged["clientConnection"] == {"kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf"}
    assert merged["mode"] == "ipvs" and merged["ipvs"] == {"scheduler": "lc"}


def test_text_without_a_difference_stays_as_it_is():
    text = "# a comment\nmode: 'ipvs'\n"
    assert kube_proxy_merge(text, {"mode": "ipvs"}) == text


def test_no_text_takes_the_plan():
    assert yaml.safe_load(kube_proxy_merge("", {"mode": "ipvs"})) == {"mode": "ipvs"}


@pytest.mark.parametrize(("text", "plan"), [("{", {}), ([], {}), ("- 1\n", {}), ("", [])])
def test_nonsense_is_refused(text, plan):
    with pytest.raises(AnsibleTemplatePluginError):
        kube_proxy_merge(text, plan)
