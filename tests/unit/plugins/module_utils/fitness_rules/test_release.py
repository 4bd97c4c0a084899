"""Distributions and releases that are supported."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils import _support

ROOT = Path(__file__).resolve().parents[5]


def facts(name, version="", like=(), apt=True):
    return {"id": name, "version": version, "like": list(like), "name": "", "apt": apt}


@pytest.mark.parametrize(
    ("release", "verdict", "words"),
    [
        (facts("debian", "12"), "ok", ""),
        (facts("debian", "13"), "ok", ""),
        (facts("ubuntu", "22.04", ["debian"]), "ok", ""),
        (facts("ubuntu", "24.04", ["debian"]), "ok", ""),
        (facts("debian", "11"), "error", "this release is not supported"),
        (facts("debian"), "error", "this release is not supported"),
        (facts("debian", "14"), "error", "this release is not supported"),
        (facts("ubuntu", "20.04", ["debian"]), "error", "this release is not supported"),
        (facts("ubuntu", "25.10", ["debian"]), "error", "this release is not supported"),
        (facts("linuxmint", "22", ["ubuntu", "debian"]), "warning", "a derivative"),
        (facts("raspbian", "12", ["debian"]), "warning", "a derivative"),
        (facts("kali", "2026.1", ["debian"], apt=False), "error", "has no apt"),
        (facts("debian", "13", apt=False), "error", "has no apt"),
        (facts("rocky", "9.4", ["rhel", "centos", "fedora"], apt=False), "error", "has no apt"),
        (facts("alpine", "3.20", apt=False), "error", "has no apt"),
        (facts("altlinux", "10", apt=True), "error", "which is not supported"),
        (facts(""), "info", "could not be read"),
        (None, "info", "could not be read"),
    ],
)
def test_distribution(one, release, verdict, words):
    found = one("distribution", "distribution", {"release": release})
    assert found.verdict == verdict
    assert words in found.message
    if verdict == "error":
        assert found.fix.startswith("Install Debian 12, Debian 13, Ubuntu 22.04 or Ubuntu 24.04.")


CODENAMES = {"bookworm": "12", "trixie": "13", "jammy": "22.04", "noble": "24.04"}


def test_the_roles_name_the_same_releases():
    for path in (ROOT / "roles").glob("*/meta/main.yml"):
        for platform in yaml.safe_load(path.read_text())["galaxy_info"]["platforms"]:
            named = {CODENAMES[version] for version in platform["versions"]}
            assert named == set(_support.DISTRIBUTIONS[platform["name"].lower()]), path
