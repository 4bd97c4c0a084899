"""Cilium's images: the agent with its compiler and sources, and the operator.

Envoy is no Go program and is in neither image: the chart's values must leave it and all that needs
it out (``envoy.enabled``, ``l7Proxy``, ``ingressController``, ``gatewayAPI``).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from .images import ENVIRONMENT, tree
from .oci import Image, Layer, Layout, place

REGISTRY = "quay.io/cilium"

# What the agent compiles from; tests and the tools of development are not needed for that.
SOURCES = ("*.c", "*.h", "include", "lib")

# Where the chart's init containers and hooks look for their scripts, and which the module has.
SCRIPTS = {
    "/init-container.sh": "images/cilium/init-container.sh",
    "/install-plugin.sh": "plugins/cilium-cni/install-plugin.sh",
    "/cni-uninstall.sh": "plugins/cilium-cni/cni-uninstall.sh",
}

# Each by the path that the chart or the agent calls it by.
PROGRAMS = {
    "/usr/bin/cilium-agent": "daemon",
    "/usr/bin/cilium-dbg": "cilium-dbg",
    "/usr/bin/cilium-health-responder": "responder",
    "/usr/bin/cilium-mount": "mount",
    "/usr/bin/cilium-sysctlfix": "sysctlfix",
    "/opt/cni/bin/cilium-cni": "cilium-cni",
}


@dataclass(frozen=True)
class Ingredients:
    """Where the parts of the images are, and the version that names them."""

    version: str
    base_archive: Path
    tools_archive: Path
    programs: Path
    plugins: Path
    source: Path


def write_images(layout: Layout, parts: Ingredients) -> None:
    """Add the agent's and the operator's image to a layout."""
    layers = (
        layout.layer_from(parts.base_archive),
        layout.layer_from(parts.tools_archive),
        _agent(layout, parts),
    )
    reference = f"{REGISTRY}/cilium:v{parts.version}"
    layout.add(Image(reference, layers, (), ("/usr/bin/cilium-dbg",), ENVIRONMENT))

    with tree() as root:
        place(root, {"/usr/bin/cilium-operator-generic": parts.programs / "operator"})
        layers = (layout.layer(root),)
    reference = f"{REGISTRY}/operator-generic:v{parts.version}"
    layout.add(Image(reference, layers, (), ("cilium-operator-generic",), ENVIRONMENT))


def _agent(layout: Layout, parts: Ingredients) -> Layer:
    with tree() as root:
        place(root, {path: parts.programs / name for path, name in PROGRAMS.items()})
        place(root, {path: parts.source / name for path, name in SCRIPTS.items()})
        place(root, {"/cni/loopback": parts.plugins / "loopback"})
        # The name that the program had, and by which hooks of older charts call it.
        (root / "usr/bin/cilium").symlink_to("cilium-dbg")
        _copy_sources(parts.source / "bpf", root / "var/lib/cilium/bpf")
        return layout.layer(root)


def _copy_sources(source: Path, target: Path) -> None:
    """Copy what the agent compiles from. A module's own files are read-only, and these are not."""
    for pattern in SOURCES:
        for found in sorted(source.glob(pattern)):
            files = sorted(found.rglob("*")) if found.is_dir() else [found]
            for file in files:
                if file.is_file():
                    copy = target / file.relative_to(source)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, copy)
