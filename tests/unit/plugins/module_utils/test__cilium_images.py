"""Where Cilium's chart takes its images from."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium, _cilium_images
from ansible_collections.fastpath.k8s.plugins.module_utils._values import merge
from ansible_collections.fastpath.k8s.plugins.module_utils.rules import _cilium_keys

MIRROR = "http://mirror.example.org:5000"


@pytest.mark.parametrize("repository", ["", None])
def test_upstream_is_asked_as_the_chart_says(repository):
    assert _cilium_images.image_values(repository) == {}


def leaves(values, path=()):
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def test_a_mirror_is_asked_by_tag():
    found = dict(leaves(_cilium_images.image_values(MIRROR)))
    assert {".".join(path[:-1]) for path in found} == set(_cilium_images.IMAGES)
    assert {path[-1] for path in found} == {"useDigest"}
    assert set(found.values()) == {False}


def test_they_are_values_of_the_chart():
    assert set(_cilium_images.image_values(MIRROR)) <= _cilium_keys.KEYS


def test_they_go_with_the_derived_values():
    derived = _cilium.cilium_values({"endpoint": "10.0.0.1:6443", "pod_cidr": "10.244.0.0/16"})
    found = merge(derived, _cilium_images.image_values(MIRROR))
    assert found["operator"] == {**derived["operator"], "image": {"useDigest": False}}
    assert found["envoy"]["rollOutPods"] is True
