"""Builds all that the lab's mirror is filled with; prints the variables file for the role."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from .base_system import base_system
from .cache import cached, content_key, state_directory
from .debs import kubernetes_packages
from .go_modules import GoModule, calico, cni_plugins, kubernetes, required
from .images import Ingredients, write_images
from .oci import REFERENCE, Layout
from .versions import agnhost, kubeadm_images

# A Go pseudo-version names a commit; this is the release that the commit is.
CALICO = "v3.31.0"


def main() -> None:
    """Build what is missing and write ``supply.json`` beside the builds."""
    kubernetes_module = kubernetes()
    calico_module = calico(CALICO)
    programs = kubernetes_module.programs()
    calico_programs = calico_module.programs()
    plugins = cni_plugins().programs()
    calico_source = calico_module.source("github.com/projectcalico/calico")
    packages = _packages(programs, plugins)
    layout = _images(kubernetes_module, programs, calico_programs, calico_source)
    references = [
        manifest["annotations"][REFERENCE]
        for manifest in json.loads((layout / "index.json").read_text())["manifests"]
    ]
    supply = {
        "mirror_local_packages": str(packages),
        "mirror_images": [
            {"source": f"oci:{layout}:{reference}", "name": reference} for reference in references
        ],
        "mirror_manifests": [
            {
                "source": str(calico_source / "manifests/calico.yaml"),
                "name": f"calico-{CALICO}.yaml",
            }
        ],
    }
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

    return cached("images", content_key([repr(parts), *recipes]), make)


if __name__ == "__main__":
    if shutil.which("go") is None:
        raise SystemExit("supply: there is no `go` here: run lab/install-prerequisites")
    main()
