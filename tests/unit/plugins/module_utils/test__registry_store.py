from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _registry_store as store

NAME = store.Name("quay.io", "calico/node", "v3.31.0")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("quay.io/calico/node:v3.31.0", NAME),
        ("registry.k8s.io/pause:3.10", ("registry.k8s.io", "pause", "3.10")),
        ("registry.example.org:5000/a/b/c:1", ("registry.example.org:5000", "a/b/c", "1")),
    ],
)
def test_a_reference_is_taken_apart_and_put_together(reference, expected):
    assert store.parse(reference) == expected
    assert str(store.parse(reference)) == reference


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "pause",
        "pause:3.10",
        "library/pause:3.10",
        "quay.io/calico/node",
        "quay.io/:v1",
        "quay.io/x:",
    ],
)
def test_a_reference_without_registry_or_tag_is_refused(reference):
    with pytest.raises(ValueError, match="is not a full image reference"):
        store.parse(reference)


@pytest.fixture
def storage(tmp_path):
    link = tmp_path / "docker/registry/v2/repositories/calico/node/_manifests/tags/v3.31.0/current"
    link.mkdir(parents=True)
    (link / "link").write_text("sha256:aa")
    return tmp_path


@pytest.fixture
def layout(tmp_path):
    folder = tmp_path / "layout"
    folder.mkdir()
    manifest = {"digest": "sha256:aa", "annotations": {store.REFERENCE: str(NAME)}}
    (folder / "index.json").write_text(json.dumps({"manifests": [manifest]}))
    return folder


def test_an_upstream_tag_that_is_there_is_enough(storage):
    assert store.is_stored(storage, f"docker://{NAME}", NAME)
    assert not store.is_stored(storage, f"docker://{NAME}", NAME._replace(tag="v3.31.1"))


def test_a_layout_is_compared_by_digest(storage, layout):
    source = f"oci:{layout}:{NAME}"
    assert store.is_stored(storage, source, NAME)
    index = layout / "index.json"
    index.write_text(index.read_text().replace("sha256:aa", "sha256:bb"))
    assert not store.is_stored(storage, source, NAME)


def test_a_reference_that_a_layout_lacks_is_named(storage, layout):
    with pytest.raises(ValueError, match=r"has no reference 'other:1'"):
        store.is_stored(storage, f"oci:{layout}:other:1", NAME)


def test_a_layout_that_is_not_there_is_named(storage, tmp_path):
    with pytest.raises(ValueError, match="there is no image layout in"):
        store.is_stored(storage, f"oci:{tmp_path}/none:{NAME}", NAME)
