"""What a lab has beside the usual when its pod network is Cilium: images, chart and Helm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import debs
from .base_system import base_system, cilium_tools
from .cache import cached, content_key
from .chart import write_chart
from .cilium_images import Ingredients, write_images
from .go_modules import cilium, helm, required
from .images import ENVIRONMENT
from .oci import Layout, references

MODULE = "github.com/cilium/cilium"


def supply(packages: Path, plugins: Path) -> dict[str, Any]:
    """Return the variables of the role ``mirror`` for it; the images are the further ones alone.

    :param packages: directory with the packages that Helm's is put beside.
    :param plugins: directory with the reference CNI plugins.
    """
    version = required("cilium", MODULE)
    module = cilium()
    programs = module.programs()
    source = module.source(MODULE)
    charts = _charts(source / "install/kubernetes/cilium", version)
    return {
        "mirror_local_packages": str(_packages(packages)),
        "mirror_images": references(_images(version, programs, plugins, source)),
        "mirror_charts": [
            {"source": str(path), "name": path.name} for path in sorted(charts.iterdir())
        ],
    }


def _packages(others: Path) -> Path:
    package = debs.helm_package(required("helm", "helm.sh/helm/v3"), helm().programs())

    def make(made: Path) -> None:
        package.build(made)
        for other in others.iterdir():
            (made / other.name).hardlink_to(other)

    return cached("packages-with-helm", content_key([others.name, repr(package)]), make)


def _charts(chart: Path, version: str) -> Path:
    def make(made: Path) -> None:
        write_chart(chart, "cilium", version, made)

    recipe = Path(__file__).with_name("chart.py")
    return cached("charts", content_key([version, recipe]), make)


def _images(version: str, programs: Path, plugins: Path, source: Path) -> Path:
    parts = Ingredients(
        version=version,
        base_archive=base_system(),
        tools_archive=cilium_tools(),
        programs=programs,
        plugins=plugins,
        source=source,
    )
    recipes = [Path(__file__).with_name(name) for name in ("cilium_images.py", "oci.py")]

    def make(made: Path) -> None:
        layout = Layout(made)
        write_images(layout, parts)
        layout.close()

    return cached("images-of-cilium", content_key([repr(parts), repr(ENVIRONMENT), *recipes]), make)
