# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an APT repository offers, and why it does not answer. Private to the collection."""

from __future__ import annotations

import re


def parse_madison(text: str) -> dict[str, list[str]]:
    """Return the versions of each package in the output of ``apt-cache madison``, newest first."""
    versions: dict[str, list[str]] = {}
    for line in text.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) < 3 or not fields[0] or not fields[1]:
            continue
        known = versions.setdefault(fields[0], [])
        if fields[1] not in known:
            known.append(fields[1])
    return versions


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
