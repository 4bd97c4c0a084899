"""A report says which release made it."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _release


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"galaxy.yml": "name: k8s\nversion: 1.2.3\n"}, "1.2.3"),
        ({"MANIFEST.json": '{"collection_info": {"version": "1.2.4"}}'}, "1.2.4"),
        ({"MANIFEST.json": "[]", "galaxy.yml": "version: 1.2.3\n"}, "1.2.3"),
        ({"MANIFEST.json": "{", "galaxy.yml": "name: k8s\n"}, ""),
        ({}, ""),
    ],
)
def test_the_version_is_the_collection_s(tmp_path, files, version):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert _release.version(tmp_path) == version


def test_this_clone_has_one():
    assert _release.version().count(".") == 2
