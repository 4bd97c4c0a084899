from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from lab.supply.oci import REFERENCE, Image, Layout


@pytest.fixture
def layout(tmp_path):
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/name").write_text("content")
    made = Layout(tmp_path / "layout")
    layer = made.layer(root)
    made.add(Image("registry.k8s.io/one:1", (layer,), ("/one",), user="999"))
    made.add(Image("quay.io/two/two:2", (layer,), (), ("run",), {"PATH": "/bin"}))
    made.close()
    return tmp_path / "layout"


def blob(layout, descriptor):
    data = (layout / "blobs/sha256" / descriptor["digest"].removeprefix("sha256:")).read_bytes()
    assert len(data) == descriptor["size"]
    assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"]
    return data


def images(layout):
    index = json.loads((layout / "index.json").read_text())
    for manifest in index["manifests"]:
        content = json.loads(blob(layout, manifest))
        yield (
            manifest["annotations"][REFERENCE],
            content,
            json.loads(blob(layout, content["config"])),
        )


def test_every_descriptor_names_its_blob(layout):
    for _name, manifest, config in images(layout):
        (layer,) = manifest["layers"]
        packed = blob(layout, layer)
        archive = subprocess.run(["zstd", "-dc"], input=packed, capture_output=True, check=True)
        assert config["rootfs"]["diff_ids"] == [
            "sha256:" + hashlib.sha256(archive.stdout).hexdigest()
        ]


def test_images_keep_their_upstream_references_and_share_layers(layout):
    found = {name: manifest["layers"] for name, manifest, _config in images(layout)}
    assert list(found) == ["registry.k8s.io/one:1", "quay.io/two/two:2"]
    assert found["registry.k8s.io/one:1"] == found["quay.io/two/two:2"]


def test_only_what_is_said_stands_in_the_configuration(layout):
    one, two = (config["config"] for _name, _manifest, config in images(layout))
    assert one == {"Entrypoint": ["/one"], "User": "999", "WorkingDir": "/"}
    assert two == {"Cmd": ["run"], "Env": ["PATH=/bin"], "WorkingDir": "/"}


def test_nothing_but_the_layout_is_left(layout):
    assert {path.name for path in layout.iterdir()} == {"blobs", "index.json", "oci-layout"}


def test_skopeo_accepts_the_layout(layout):
    command = ["skopeo", "inspect", "--raw", f"oci:{layout}:quay.io/two/two:2"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(printed)["layers"]


def test_the_same_tree_gives_the_same_layer(tmp_path):
    digests = set()
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        (root / "file").write_text("content")
        (root / "file").chmod(0o755)
        digests.add(Layout(tmp_path / f"layout-{name}").layer(root).descriptor["digest"])
    assert len(digests) == 1
