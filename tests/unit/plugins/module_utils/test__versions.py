"""Versions."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _versions


@pytest.mark.parametrize("text", ["1.36.3", "v1.36.3"])
def test_kubernetes(text):
    version = _versions.kubernetes(text)
    assert str(version) == "1.36.3"
    assert version.series == "1.36"


def test_the_default_can_be_installed():
    assert str(_versions.kubernetes(_versions.DEFAULT_KUBERNETES)) == _versions.DEFAULT_KUBERNETES


@pytest.mark.parametrize("value", ["1.36", 1.36, "1.36.x", "1.36.3-rc.1", "", None, "1.30.0"])
def test_versions_that_cannot_be(value):
    with pytest.raises(ValueError, match="kubernetes_version"):
        _versions.kubernetes(value)
