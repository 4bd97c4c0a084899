# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that Cilium's chart once had. Private to the collection.

Source: cilium/cilium 1.20.1, install/kubernetes/cilium/templates/validate.yaml, which fails on
those that are refused; Documentation/operations/upgrade.rst of 1.15 to 1.20 for the others.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_OUT = "Take it out."
_IMPLIED = "Take it out: kubeProxyReplacement implies it."
_SECRET = "Keep it in a Secret, and name that in clustermesh.apiserver.tls."


class Removed(NamedTuple):
    """Since which version a value is gone, what to do, and whether the chart fails on it."""

    since: str
    fix: str
    refused: bool = True


#: Values that are gone, by their path.
REMOVED = {
    "tunnel": Removed("1.15", "Take it out, and set fastpath_encapsulation."),
    "enableCnpStatusUpdates": Removed("1.15", _OUT),
    "enableK8sEventHandover": Removed("1.15", _OUT),
    "clustermesh.apiserver.tls.ca.cert": Removed("1.15", "Use tls.ca.cert."),
    "clustermesh.apiserver.tls.ca.key": Removed("1.15", "Use tls.ca.key."),
    "containerRuntime.integration": Removed("1.16", _OUT),
    "encryption.interface": Removed("1.16", "Use encryption.ipsec.interface."),
    "encryption.keyFile": Removed("1.16", "Use encryption.ipsec.keyFile."),
    "encryption.mountPath": Removed("1.16", "Use encryption.ipsec.mountPath."),
    "encryption.secretName": Removed("1.16", "Use encryption.ipsec.secretName."),
    "endpointStatus": Removed("1.16", _OUT),
    "etcd.managed": Removed("1.16", _OUT),
    "proxy.prometheus.enabled": Removed("1.16", "Use envoy.prometheus.enabled."),
    "proxy.prometheus.port": Removed("1.16", "Use envoy.prometheus.port."),
    "remoteNodeIdentity": Removed("1.16", "Take it out: nodes have identities of their own now."),
    "ciliumEndpointSlice.sliceMode": Removed("1.18", _OUT),
    "enableCiliumEndpointSlice": Removed("1.18", "Use ciliumEndpointSlice.enabled."),
    "nodePort.enabled": Removed("1.19", _IMPLIED, refused=False),
    "hostPort.enabled": Removed("1.19", _IMPLIED, refused=False),
    "externalIPs.enabled": Removed("1.19", _IMPLIED, refused=False),
    "sessionAffinity": Removed("1.19", _IMPLIED, refused=False),
    "encryption.strictMode.enabled": Removed(
        "1.20", "Use encryption.strictMode.egress.enabled.", refused=False
    ),
    "encryption.ipsec.encryptedOverlay": Removed("1.20", _OUT, refused=False),
    "clustermesh.enableMCSAPISupport": Removed(
        "1.20", "Use clustermesh.mcsapi.enabled.", refused=False
    ),
    # The chart does not say since when, and fails on these only where it makes no certificates.
    "clustermesh.apiserver.tls.admin.cert": Removed("", _SECRET, refused=False),
    "clustermesh.apiserver.tls.remote.cert": Removed("", _SECRET, refused=False),
    "clustermesh.apiserver.tls.server.cert": Removed("", _SECRET, refused=False),
}

#: Where each of them begins.
FIRST = frozenset(path.partition(".")[0] for path in REMOVED)

#: The chart compares this one as text, for which false is something too.
_ANY = "proxy.prometheus.enabled"


def said(path: str, found: Any) -> str:
    """Return the sentence about a value *found* at the *path* of one that is gone.

    The chart fails on what is set to something, and helm ignores false, 0 and what is empty.
    """
    gone = REMOVED[path]
    since = f" in Cilium {gone.since}" if gone.since else ""
    refused = gone.refused and (path == _ANY or found)
    does = "the chart itself refuses it" if refused else "helm would ignore it"
    return f"was removed{since}, and {does}."
