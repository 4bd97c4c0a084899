# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors of packages and images. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
)


def answer(host: Host) -> Iterator[Check]:
    """Every mirror answers: an installation that finds out half way leaves half a node."""
    mirrors = host.facts.parts("mirrors")
    if not mirrors:
        return
    name, limit = "mirrors", "all answer"
    silent = {part.text("url"): part.text("error") for part in mirrors if part.text("error")}
    if not silent:
        value = listed(part.text("url") for part in mirrors)
        yield Check("mirrors", host.name, name, value, limit, OK)
        return
    said = "; ".join(f"{url}: {error}" for url, error in silent.items())
    yield Check(
        "mirrors", host.name, name, said, limit, ERROR,
        f"The mirror {listed(silent)} does not answer from {host.name}.",
        "Start it, or correct fastpath_package_repository or fastpath_image_repository.",
    )  # fmt: skip
