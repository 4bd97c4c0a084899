"""Builds all that the lab's mirror is filled with; prints the variables file for the role."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from lab import config
from lab.errors import LabError

from . import cilium
from .base_system import base_system
from .cache import cached, content_key, state_directory
from .debs import kubernetes_packages
from .go_modules import GoModule, calico, cni_plugins, kubernetes, required
from .images import ENVIRONMENT, Ingredients, write_images
from .oci import Layout, references
from .versions import agnhost, kubeadm_images

INVENTORY = Path(__file__).resolve().parents[2] / "inventories" / "lab"

# A Go pseudo-version names a commit; this is the release that the commit is.
CALICO = "v3.31.0"


def main(pod_network: str) -> None:
    """Build what is missing and write ``supply.json`` beside the builds.

    Calico is always there. Cilium takes longer to build than the rest, so only a lab whose pod
    network it is has it.
    """
    kubernetes_module = kubernetes()
    calico_module = calico(CALICO)
    programs = kubernetes_module.programs()
    calico_programs = calico_module.programs()
    plugins = cni_plugins().programs()
    calico_source = calico_module.source("github.com/projectcalico/calico")
    packages = _packages(programs, plugins)
    layout = _images(kubernetes_module, programs, calico_programs, calico_source)
    supply = {
        "mirror_local_packages": str(packages),
        "mirror_images": references(layout),
        "mirror_manifests": [
            {
                "source": str(calico_source / "manifests/calico.yaml"),
                "name": f"calico-{CALICO}.yaml",
            }
        ],
    }
    if pod_network == "cilium":
        added = cilium.supply(packages, plugins)
        supply |= added | {"mirror_images": supply["mirror_images"] + added["mirror_images"]}
    written = state_directory() / "supply.json"
    written.write_text(json.dumps(supply, indent=2) + "\n")
    print(written)


def _packages(programs: Path, plugins: Path) -> Path:
    wanted = kubernetes_packages(
        required("kubernetes", "k8s.io/kubernetes"),
        required("kubernetes", "sigs.k8s.io/cri-tools"),
        required("cni", "github.com/containernetworking/plugins"),
        programs,
        plugins,
    )

    def make(made: Path) -> None:
        for package in wanted:
            package.build(made)

    return cached("packages", content_key([repr(wanted)]), make)


def _images(module: GoModule, programs: Path, calico_programs: Path, calico_source: Path) -> Path:
    version = required("kubernetes", "k8s.io/kubernetes")
    versions = kubeadm_images(programs / "kubeadm", version)
    parts = Ingredients(
        kubernetes=version,
        etcd=versions["etcd"],
        coredns=versions["coredns"],
        calico=CALICO,
        pause=versions["pause"],
        agnhost=agnhost(module.source("k8s.io/kubernetes")),
        base_archive=base_system(),
        programs=programs,
        calico_programs=calico_programs,
        calico_source=calico_source,
    )
    recipes = [Path(__file__).with_name(name) for name in ("bird.py", "images.py", "oci.py")]

    def make(made: Path) -> None:
        write_images(Layout(made), parts)

    return cached("images", content_key([repr(parts), repr(ENVIRONMENT), *recipes]), make)


if __name__ == "__main__":
    if shutil.which("go") is None:
        raise SystemExit("supply: there is no `go` here: run lab/install-prerequisites")
    parser = argparse.ArgumentParser(prog="python -m lab.supply", description=__doc__)
    parser.add_argument("-i", "--inventory", type=Path, default=INVENTORY)
    try:
        lab = config.load(parser.parse_args().inventory)
    except LabError as ex:
        raise SystemExit("\n".join(f"supply: {sentence}" for sentence in ex.sentences)) from ex
    main(lab.pod_network)
