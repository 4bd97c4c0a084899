"""Packs programs into Debian packages with the names and files of pkgs.k8s.io."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

KUBELET_UNIT = """\
[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
"""

# kubeadm writes the files that are named here; /etc/default/kubelet is the
# administrator's. The last flag of a name wins, so theirs come last.
KUBEADM_DROP_IN = """\
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf \
--kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS \
$KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
"""


@dataclass(frozen=True)
class Package:
    """One ``.deb``: programs by the path they get, and texts by the path they get."""

    name: str
    version: str
    summary: str
    depends: tuple[str, ...] = ()
    programs: dict[str, Path] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """Return the file name that apt expects."""
        return f"{self.name}_{self.version}_amd64.deb"

    def build(self, directory: Path) -> Path:
        """Write the package into a directory and return its path."""
        root = directory / f".{self.name}"
        for target, program in self.programs.items():
            place = root / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(program, place)
            place.chmod(0o755)
        for target, text in self.texts.items():
            place = root / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
            place.chmod(0o644)
        control = root / "DEBIAN" / "control"
        control.parent.mkdir()
        control.parent.chmod(0o755)
        control.write_text(self._control(root))
        made = directory / self.file_name
        # zstd, quickly: an emulated host spends longer on unpacking xz than on
        # anything else that apt does.
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build", root, made],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        shutil.rmtree(root)
        return made

    def _control(self, root: Path) -> str:
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024
        lines = [
            f"Package: {self.name}",
            f"Version: {self.version}",
            "Architecture: amd64",
            "Section: admin",
            "Priority: optional",
            "Maintainer: fastpath.k8s lab <lab@fastpath.invalid>",
            f"Installed-Size: {size}",
            *([f"Depends: {', '.join(self.depends)}"] if self.depends else []),
            f"Description: {self.summary}",
        ]
        return "\n".join(lines) + "\n"


def kubernetes_packages(
    version: str, cri_tools: str, cni: str, programs: Path, plugins: Path
) -> list[Package]:
    """Return the packages of pkgs.k8s.io, with the dependencies they have there.

    :param version: Kubernetes version without ``v``; the revision is added.
    :param cri_tools: version of crictl.
    :param cni: version of the reference CNI plugins.
    :param programs: directory with kubeadm, kubelet, kubectl and crictl.
    :param plugins: directory with the CNI plugins.
    """
    release = f"{version}-1.1"
    return [
        Package(
            "kubelet",
            release,
            "Node agent for Kubernetes clusters",
            (
                "iptables (>= 1.4.21)",
                "kubernetes-cni (>= 1.2.0)",
                "iproute2",
                "mount",
                "util-linux",
            ),
            {"/usr/bin/kubelet": programs / "kubelet"},
            {"/usr/lib/systemd/system/kubelet.service": KUBELET_UNIT},
        ),
        Package(
            "kubeadm",
            release,
            "Command-line utility for administering a Kubernetes cluster",
            ("cri-tools (>= 1.30.0)",),
            {"/usr/bin/kubeadm": programs / "kubeadm"},
            {"/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": KUBEADM_DROP_IN},
        ),
        Package(
            "kubectl",
            release,
            "Command-line utility for interacting with a Kubernetes cluster",
            (),
            {"/usr/bin/kubectl": programs / "kubectl"},
        ),
        Package(
            "cri-tools",
            f"{cri_tools}-1.1",
            "Command-line utility for interacting with a container runtime",
            (),
            {"/usr/bin/crictl": programs / "crictl"},
        ),
        Package(
            "kubernetes-cni",
            f"{cni}-1.1",
            "Reference CNI plugins",
            (),
            {f"/opt/cni/bin/{plugin.name}": plugin for plugin in sorted(plugins.iterdir())},
        ),
    ]


def helm_package(version: str, programs: Path) -> Package:
    """Return the package of Helm, under the name that it has in its own repository.

    :param version: Helm's version without ``v``.
    :param programs: directory with helm.
    """
    return Package(
        "helm",
        f"{version}-1",
        "Package manager for Kubernetes",
        (),
        {"/usr/bin/helm": programs / "helm"},
    )
