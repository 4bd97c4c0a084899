"""Builds the programs of the Go modules under ``lab/go``."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import edits
from .cache import cached, content_key

MODULES = Path(__file__).resolve().parent.parent / "go"


class GoModule:
    """One Go module of this project, whose ``tool`` lines and packages are the programs.

    :param name: folder below ``lab/go``.
    :param stamps: ``-X`` assignments for the linker, name to value.
    :param tags: build constraints that are met.
    :param changes: where the programs differ from their source.
    """

    def __init__(
        self,
        name: str,
        stamps: dict[str, str],
        tags: tuple[str, ...] = (),
        changes: tuple[edits.Edit, ...] = (),
    ) -> None:
        self.name = name
        self.directory = MODULES / name
        self._stamps = stamps
        self._tags = tags
        self._changes = changes

    def programs(self) -> Path:
        """Return a directory that holds the static programs, built now if need be."""
        stamps = (shlex.quote(f"{key}={value}") for key, value in sorted(self._stamps.items()))
        flags = ["-s", "-w", *(f"-X {stamp}" for stamp in stamps)]
        sources = sorted(
            path for path in self.directory.rglob("*") if path.suffix in {".go", ".mod", ".sum"}
        )
        made_with = [" ".join(flags), *self._tags, *map(repr, self._changes)]
        made_with.append(self._go("env", "GOVERSION"))
        key = content_key([*made_with, *sources])
        return cached(f"go-{self.name}", key, lambda made: self._build(made, " ".join(flags)))

    def source(self, module: str) -> Path:
        """Return the directory of a required module's own files, downloaded and verified."""
        described = json.loads(self._go("mod", "download", "-json", module))
        return Path(described["Dir"])

    def _build(self, made: Path, link_flags: str) -> None:
        tools = self._go("list", "tool").split()
        own = self._go("list", "./...").split() if list(self.directory.glob("*/*.go")) else []
        with tempfile.TemporaryDirectory() as folder:
            self._go(
                "build",
                f"-modfile={self._edited(Path(folder))}",
                "-trimpath",
                f"-tags={','.join(self._tags)}",
                "-ldflags",
                link_flags,
                "-o",
                f"{made}/",
                *own,
                *tools,
                quiet=False,
            )

    def _edited(self, folder: Path) -> Path:
        """Return a go.mod by which modules with edits are copies that have them."""
        described = folder / "go.mod"
        for name in (described.name, "go.sum"):
            shutil.copy(self.directory / name, folder)
        for module in sorted({edit.module for edit in self._changes}):
            copy = folder / module
            shutil.copytree(self.source(module), copy, symlinks=True)
            self._go("mod", "edit", f"-replace={module}={copy}", str(described))
        for edit in self._changes:
            file = folder / edit.module / edit.file
            text = file.read_text()
            if edit.old not in text:
                raise ValueError(f"{edit.module} has no {edit.old!r} in {edit.file} any more")
            # Go keeps what it has downloaded from being written to.
            file.parent.chmod(0o755)
            file.unlink()
            file.write_text(text.replace(edit.old, edit.new))
        return described

    def _go(self, *arguments: str, quiet: bool = True) -> str:
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly",
            # A distribution's older Go fetches the one that go.mod asks for.
            "GOTOOLCHAIN": "auto",
        }
        finished = subprocess.run(
            ["go", *arguments],
            cwd=self.directory,
            env=environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE if quiet else None,
        )
        return finished.stdout.strip() if quiet else ""


def required(name: str, module: str) -> str:
    """Return the version that ``lab/go/<name>`` pins of a module, without the ``v``."""
    text = (MODULES / name / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(module)} v(\S+)", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"lab/go/{name}/go.mod requires no {module}")
    return found.group(1)


def kubernetes() -> GoModule:
    """Return the module of Kubernetes, etcd, CoreDNS and crictl.

    kubeadm derives image tags and the allowed version skew from the version
    that is linked in, so it must be the one of the source.
    """
    version = required("kubernetes", "k8s.io/kubernetes")
    major, minor = version.split(".")[:2]
    stamp = "k8s.io/component-base/version"
    cri_tools = required("kubernetes", "sigs.k8s.io/cri-tools")
    return GoModule(
        "kubernetes",
        {
            f"{stamp}.gitVersion": f"v{version}",
            f"{stamp}.gitMajor": major,
            f"{stamp}.gitMinor": minor,
            f"{stamp}.gitTreeState": "clean",
            "sigs.k8s.io/cri-tools/pkg/version.Version": f"v{cri_tools}",
        },
        changes=edits.KUBERNETES,
    )


def calico(version: str) -> GoModule:
    """Return the module of Calico, whose pseudo-version does not tell its release."""
    stamp = "github.com/projectcalico/calico/pkg/buildinfo.Version"
    return GoModule("calico", {stamp: version}, changes=edits.CALICO)


def cni_plugins() -> GoModule:
    """Return the module of the reference CNI plugins."""
    version = required("cni", "github.com/containernetworking/plugins")
    stamp = "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion"
    return GoModule("cni", {stamp: f"v{version}"})


def cilium() -> GoModule:
    """Return the module of Cilium's agent, operator and CNI plugin.

    The programs read a version of three words: the release, the commit and its date, of which a
    Go module knows the first. The operator's tag selects the variant without a cloud provider.
    """
    version = required("cilium", "github.com/cilium/cilium")
    return GoModule(
        "cilium",
        {"github.com/cilium/cilium/pkg/version.ciliumVersion": f"{version} module undated"},
        ("osusergo", "ipam_provider_operator"),
    )


def helm() -> GoModule:
    """Return the module of Helm.

    Without a cluster Helm renders for the Kubernetes of its own client library, whose version it
    is told when it is linked.
    """
    version = required("helm", "helm.sh/helm/v3")
    minor = required("helm", "k8s.io/client-go").split(".")[1]
    packages = ("lint/rules", "chartutil")
    library = {
        f"helm.sh/helm/v3/pkg/{package}.k8sVersion{part}": value
        for package in packages
        for part, value in (("Major", "1"), ("Minor", minor))
    }
    return GoModule("helm", {"helm.sh/helm/v3/internal/version.version": f"v{version}", **library})
