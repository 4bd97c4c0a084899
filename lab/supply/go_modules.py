"""Builds the programs of the Go modules under ``lab/go``."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from .cache import cached, content_key

MODULES = Path(__file__).resolve().parent.parent / "go"


class GoModule:
    """One Go module of this project, whose ``tool`` lines and packages are the programs.

    :param name: folder below ``lab/go``.
    :param stamps: ``-X`` assignments for the linker, name to value.
    """

    def __init__(self, name: str, stamps: dict[str, str]) -> None:
        self.name = name
        self.directory = MODULES / name
        self._stamps = stamps

    def programs(self) -> Path:
        """Return a directory that holds the static programs, built now if need be."""
        flags = ["-s", "-w", *(f"-X {key}={value}" for key, value in sorted(self._stamps.items()))]
        sources = sorted(
            path for path in self.directory.rglob("*") if path.suffix in {".go", ".mod", ".sum"}
        )
        key = content_key([" ".join(flags), self._go("env", "GOVERSION"), *sources])
        return cached(f"go-{self.name}", key, lambda made: self._build(made, " ".join(flags)))

    def source(self, module: str) -> Path:
        """Return the directory of a required module's own files, downloaded and verified."""
        described = json.loads(self._go("mod", "download", "-json", module))
        return Path(described["Dir"])

    def _build(self, made: Path, link_flags: str) -> None:
        tools = self._go("list", "tool").split()
        own = self._go("list", "./...").split() if list(self.directory.glob("*/*.go")) else []
        self._go(
            "build",
            "-trimpath",
            "-ldflags",
            link_flags,
            "-o",
            f"{made}/",
            *own,
            *tools,
            quiet=False,
        )

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
    )


def calico(version: str) -> GoModule:
    """Return the module of Calico, whose pseudo-version does not tell its release."""
    return GoModule("calico", {"github.com/projectcalico/calico/pkg/buildinfo.Version": version})


def cni_plugins() -> GoModule:
    """Return the module of the reference CNI plugins."""
    version = required("cni", "github.com/containernetworking/plugins")
    stamp = "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion"
    return GoModule("cni", {stamp: f"v{version}"})
