"""The images of a cluster: what is in each, under the reference it has upstream."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import go_runtime

from .bird import without_empty_tunnels
from .oci import Image, Layer, Layout, place

CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": SEARCH_PATH, **go_runtime.ENVIRONMENT}
SECURE_USER = 999
# Felix removes what a former eBPF data plane may have left, through libbpf. A program that is
# built without C has only a stub of that, which panics; the lab has no former data plane.
FELIX_WITHOUT_LIBBPF = {"FELIX_DebugSkipCTLBCleanup": "true"}
# Where Calico's services are for `sv`, by which confd makes BIRD read a new configuration.
SERVICES = {"SVDIR": "/etc/service/enabled"}


@dataclass(frozen=True)
class Ingredients:
    """Where the parts of the images are, and the versions that name them."""

    kubernetes: str
    etcd: str
    coredns: str
    calico: str
    pause: str
    agnhost: str
    base_archive: Path
    programs: Path
    calico_programs: Path
    calico_source: Path


def write_images(layout: Layout, parts: Ingredients) -> None:
    """Add every image that a cluster pulls to a layout."""
    base = layout.layer_from(parts.base_archive)
    _kubernetes(layout, parts, base)
    _calico(layout, parts, base)
    layout.close()


def _kubernetes(layout: Layout, parts: Ingredients, base: Layer) -> None:
    registry = "registry.k8s.io"
    with tree() as root:
        place(root, {"/usr/local/bin/control-plane": parts.programs / "control-plane"})
        for name in CONTROL_PLANE:
            (root / "usr/local/bin" / name).symlink_to("control-plane")
        control_plane = layout.layer(root)
    for name in CONTROL_PLANE:
        reference = f"{registry}/{name}:v{parts.kubernetes}"
        layout.add(Image(reference, (control_plane,), (f"/usr/local/bin/{name}",), (), ENVIRONMENT))

    with tree() as root:
        place(root, {"/usr/local/bin/kube-proxy": parts.programs / "kube-proxy"})
        layers = (base, layout.layer(root))
    reference = f"{registry}/kube-proxy:v{parts.kubernetes}"
    layout.add(Image(reference, layers, ("/usr/local/bin/kube-proxy",), (), ENVIRONMENT))

    with tree() as root:
        place(root, {"/usr/local/bin/etcd": parts.programs / "server"})
        layers = (layout.layer(root),)
    layout.add(Image(f"{registry}/etcd:{parts.etcd}", layers, (), ("etcd",), ENVIRONMENT))

    with tree() as root:
        place(root, {"/coredns": parts.programs / "coredns"})
        layers = (layout.layer(root),)
    reference = f"{registry}/coredns/coredns:{parts.coredns}"
    layout.add(Image(reference, layers, ("/coredns",), (), ENVIRONMENT))

    # Debian's catatonit is a static init that, asked with -P, only waits: what
    # a pause container is for.
    layout.add(Image(f"{registry}/pause:{parts.pause}", (_pause(layout, parts),), ("/pause", "-P")))

    with tree() as root:
        place(root, {"/agnhost": parts.programs / "agnhost"})
        layers = (base, layout.layer(root))
    reference = f"{registry}/e2e-test-images/agnhost:{parts.agnhost}"
    layout.add(Image(reference, layers, ("/agnhost",), ("pause",), ENVIRONMENT))


def _pause(layout: Layout, parts: Ingredients) -> Layer:
    with tree() as root:
        pause = root / "pause"
        with tarfile.open(parts.base_archive) as archive, pause.open("wb") as file:
            shutil.copyfileobj(archive.extractfile("./usr/bin/catatonit"), file)
        pause.chmod(0o755)
        return layout.layer(root)


def _calico(layout: Layout, parts: Ingredients, base: Layer) -> None:
    registry = "quay.io/calico"
    source = parts.calico_source
    with tree() as root:
        shutil.copytree(source / "node/filesystem", root, dirs_exist_ok=True)
        shutil.copytree(source / "confd/etc/calico", root / "etc/calico", dirs_exist_ok=True)
        for template in (root / "etc/calico/confd/templates").glob("*.template"):
            template.write_text(without_empty_tunnels(template.read_text()))
        for script in [*(root / "etc/service").rglob("run"), *(root / "sbin").iterdir()]:
            script.chmod(0o755)
        (root / "etc/rc.local").chmod(0o755)
        # Debian's /sbin is a link to /usr/sbin, and a layer must not replace it.
        shutil.copytree(root / "sbin", root / "usr/sbin")
        shutil.rmtree(root / "sbin")
        place(
            root,
            {
                # Answers probes itself, and hands everything else on.
                "/usr/bin/calico-node": parts.calico_programs / "probes",
                "/usr/libexec/calico-node": parts.calico_programs / "calico-node",
            },
        )
        layers = (base, layout.layer(root))
    environment = ENVIRONMENT | FELIX_WITHOUT_LIBBPF | SERVICES
    layout.add(Image(f"{registry}/node:{parts.calico}", layers, (), ("start_runit",), environment))

    with tree() as root:
        programs = parts.calico_programs
        place(
            root,
            {
                "/opt/cni/bin/calico": programs / "calico",
                "/opt/cni/bin/install": programs / "install",
            },
        )
        # One program under two names; a hard link keeps the layer half as large.
        (root / "opt/cni/bin/calico-ipam").hardlink_to(root / "opt/cni/bin/calico")
        layers = (layout.layer(root),)
    layout.add(
        Image(
            f"{registry}/cni:{parts.calico}",
            layers,
            (),
            ("/opt/cni/bin/install",),
            ENVIRONMENT | {"PATH": f"/opt/cni/bin:{SEARCH_PATH}"},
            working_directory="/opt/cni/bin",
        )
    )

    with tree() as root:
        names = ("kube-controllers", "check-status", "wrapper")
        place(root, {f"/usr/bin/{name}": parts.calico_programs / name for name in names})
        _writable(root, "status/status.json", "profiles/mem.pprof", "profiles/cpu.pprof")
        layers = (layout.layer(root),)
    layout.add(
        Image(
            f"{registry}/kube-controllers:{parts.calico}",
            layers,
            ("/usr/bin/wrapper", "/usr/bin/kube-controllers"),
            (),
            ENVIRONMENT,
            str(SECURE_USER),
        )
    )


def _writable(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        shutil.chown(path, SECURE_USER)


@contextmanager
def tree() -> Iterator[Path]:
    """Give an empty directory to lay a layer out in, for as long as that takes."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        root.chmod(0o755)
        yield root
