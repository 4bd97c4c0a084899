"""Versions that one source fixes for others: kubeadm knows the images it will ask for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

IMAGE = re.compile(r"/(?P<name>[^/:]+):(?P<tag>\S+)$")


def kubeadm_images(kubeadm: Path, version: str) -> dict[str, str]:
    """Return image name to tag, for every image that this kubeadm will pull.

    :param kubeadm: the program, asked itself, so that no table can go stale.
    :param version: Kubernetes version without ``v``.
    """
    listed = subprocess.run(
        [kubeadm, "config", "images", "list", "--kubernetes-version", f"v{version}"],
        check=True,
        text=True,
        capture_output=True,
    ).stdout
    found = (IMAGE.search(line) for line in listed.splitlines())
    return {match["name"]: match["tag"] for match in found if match}


def agnhost(kubernetes_source: Path) -> str:
    """Return the version of the test image that comes with a Kubernetes source."""
    return (kubernetes_source / "test/images/agnhost/VERSION").read_text().strip()
