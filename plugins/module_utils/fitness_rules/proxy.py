# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP proxies of a host that would take the cluster's own traffic. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _proxy
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_ID, _LIMIT = "proxy", "no_proxy covers the cluster"


def _targets(host: Host, of: str) -> _proxy.Targets:
    plan = host.plan
    if of == "kubelet":
        # It asks the endpoint, and on a control-plane node maybe the API server beside it
        # (kubernetes/cmd/kubeadm/app/cmd/phases/join/kubelet.go).
        own = host.interface.text("address") if host.control_plane else ""
        return _proxy.Targets(addresses=(own,), endpoint=plan.endpoint)
    # kubeadm's variables reach pods that talk to every node.
    addresses = [Reader(part).text("address") for part in plan.interfaces.values()]
    known = tuple(address for address in addresses if address)
    return _proxy.Targets(
        addresses=known,
        endpoint=plan.endpoint,
        service_cidr=plan.service_cidr,
        pod_cidr=plan.pod_cidr,
    )


def _missing(host: Host, source: Reader) -> list[str]:
    of, value = source.text("of"), source.text("no_proxy")
    if of == "containerd":
        # Only mirrors are its business, and only one among the nodes is surely no proxy's.
        near = _proxy.bypass(
            [str(part.get("network")) for part in map(Reader, host.plan.interfaces.values())]
        )
        known = _proxy.bypass(value)
        mirrors = {_proxy.host_of(m.text("url")) for m in host.facts.parts("mirrors") or ()}
        return sorted(
            name for name in mirrors if name and near.covers(name) and not known.covers(name)
        )
    missing = _proxy.lacking(value, _targets(host, of))
    if of == "kubelet":
        return [item for item in missing if item not in _proxy.DOMAINS]
    return missing


def reach(host: Host) -> Iterator[Check]:
    """No proxy takes what goes to nodes, pods, services and the API server."""
    for source in host.facts.parts("proxy.sources") or ():
        proxy = source.text("https_proxy") or source.text("http_proxy")
        if not proxy:
            continue
        of, where = source.text("of"), source.text("source")
        name = f"proxy of {of}"
        missing = _missing(host, source)
        if not missing:
            yield Check(_ID, host.name, name, proxy, _LIMIT, OK)
            continue
        value = f"{proxy}, no_proxy lacks {named(missing)}"
        effect = {
            "kubelet": "kubelet's traffic to the API server would go to the proxy",
            "containerd": "pulls from a mirror among the nodes would go to the proxy",
        }.get(of, "API traffic of kubeadm, kubectl and control-plane pods would go to the proxy")
        # Tasks of site.yml are given a complete no_proxy; a service has what its unit says.
        verdict = ERROR if of == "kubelet" and source.text("https_proxy") else WARNING
        after = "" if of != "tasks" else " The tasks of site.yml are given it; other commands not."
        yield Check(
            _ID, host.name, name, value, _LIMIT, verdict,
            f"{host.name} has the proxy {proxy} in {where} without {listed(missing)} in no_proxy: "
            f"{effect}.{after}",
            f"Add {','.join(missing)} to NO_PROXY and no_proxy in {where}.",
        )  # fmt: skip
