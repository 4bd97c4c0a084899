# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of Cilium's chart. Private to the collection.

Source: cilium/cilium 1.20, install/kubernetes/cilium/Chart.yaml: charts are numbered without the v
that images and tags have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import Unreadable, shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._cilium_keys import CHART

_NAME = "cilium_version"
_VERSION = re.compile(r"(v?)(\d+\.\d+)\.\d+([-+][0-9A-Za-z.+-]+)?", re.ASCII)


def version(cluster: Cluster) -> Iterator[Problem]:
    """The chart is the one whose values are known."""
    if cluster.get("fastpath_pod_network") != "cilium" or not cluster.control_planes:
        return
    # The role installs the chart from there.
    given = cluster.control_planes[0].variables.get(_NAME)
    if given is None or isinstance(given, Unreadable):
        return
    found = _VERSION.fullmatch(given.strip()) if isinstance(given, str) else None
    known = CHART.rpartition(".")[0]
    if found is None:
        yield Problem(
            "version", ERROR, _NAME, f"must be a whole version, got {shown(given)}.",
            f"Write it in quotes with three parts, such as '{CHART}'.", value=given,
        )  # fmt: skip
    elif found[1]:
        yield Problem(
            "version", ERROR, _NAME,
            f"is {given.strip()}, and the chart's versions have no v: helm would not find it.",
            f"Write {given.strip()[1:]}.", value=given,
        )  # fmt: skip
    elif found[2] != known:
        yield Problem(
            "version", WARNING, _NAME,
            f"is {given.strip()}, and values are made for and checked against chart {CHART}: what "
            f"{found[2]} calls otherwise goes unseen.",
            f"Use {known}, or compare cilium_values of plan.json with that chart's values.yaml.",
            value=given,
        )  # fmt: skip
