# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Cilium's chart takes its images from. Private to the collection.

Source of the fields: cilium/cilium 1.20, install/kubernetes/cilium/values.yaml (every image with
useDigest) and templates/_helpers.tpl (cilium.image).
"""

from __future__ import annotations

from typing import Any

#: Every image that the chart may ask for by digest.
IMAGES = (
    "image",
    "authentication.mutual.spire.install.agent.image",
    "authentication.mutual.spire.install.initImage",
    "authentication.mutual.spire.install.server.image",
    "certgen.image",
    "clustermesh.apiserver.image",
    "encryption.ztunnel.image",
    "envoy.image",
    "hubble.relay.image",
    "hubble.ui.backend.image",
    "hubble.ui.frontend.image",
    "nodeinit.image",
    "operator.image",
    "preflight.envoy.image",
    "preflight.image",
    "standaloneDnsProxy.image",
)


def image_values(repository: Any) -> dict[str, Any]:
    """Return the Helm values with which images are asked for by tag alone.

    *repository* is the URL of the site's own registry (fastpath_image_repository), or empty where
    images come from upstream: then there are no such values, and the chart's digests stay. The
    published chart names the digest of an index of several architectures. A mirror that holds one
    of these has another digest, and would be asked in vain.
    """
    values: dict[str, Any] = {}
    if not repository:
        return values
    for path in IMAGES:
        place = values
        for key in path.split("."):
            place = place.setdefault(key, {})
        place["useDigest"] = False
    return values
