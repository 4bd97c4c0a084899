# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An APT source file, and why apt refuses what it names. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence

KEY_HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


def render(uri: str, suite: str, components: Sequence[str], key: str) -> str:
    """Return a deb822 source with its key inside, so that the key is trusted for this source only.

    ValueError if *key* is not ASCII-armoured. A suite that ends with a slash names a directory and
    has no components (sources.list(5)).
    """
    lines = [line.strip() for line in key.strip().splitlines()]
    if KEY_HEAD not in lines:
        raise ValueError(f"it is not an ASCII-armoured public key, which begins with {KEY_HEAD}")
    fields = ["Types: deb", f"URIs: {uri}", f"Suites: {suite}"]
    if not suite.endswith("/"):
        fields.append(f"Components: {' '.join(components)}")
    # An empty line within a field is written as a dot.
    signed = ["Signed-By:", *(f" {line or '.'}" for line in lines[lines.index(KEY_HEAD) :])]
    return "\n".join(["# Written by fastpath.k8s, role package_repository.", *fields, *signed, ""])


def update_problem(output: str, uri: str, host: str) -> str:
    """Return one sentence: why ``apt-get update`` refused the repository, and what to do."""
    if re.search(
        r"NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|not signed by|"
        r"signature.*(invalid|not)|sqv|Missing key",
        output,
    ):
        return (
            f"The APT repository {uri} is signed with another key than {host} was given: "
            "correct package_repository_key (default: the repository's own keyring.asc or "
            "Release.key)."
        )
    if re.search(r"Release file.*(not valid yet|expired)|is not valid yet", output):
        return (
            f"{host} finds the APT repository {uri} out of its time: set the host's clock, or "
            "renew the repository."
        )
    if re.search(
        r"Could not connect|Connection (refused|timed out|failed)|Could not resolve|Unable to "
        r"connect|No route",
        output,
    ):
        return (
            f"The APT repository {uri} does not answer from {host}: start it, or correct "
            "fastpath_package_repository."
        )
    if re.search(r"404\s+Not Found|does not have a Release file", output):
        return f"There is no APT repository at {uri}: correct fastpath_package_repository."
    lines = [line.strip() for line in output.splitlines() if re.match(r"\s*(E|Err|W)\b", line)]
    reason = lines[-1] if lines else "apt-get update failed without a reason"
    return f"apt on {host} refused the repository {uri}: {reason.rstrip('.')}."
