"""Where values without a tag stand."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fastpath.k8s.plugins.plugin_utils import _origin


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a: vxlan\nb: 1\na: off\nc: 1\n", "a", 3),
        ("t:\n  a: x\n  b: 1\n\n  a: no\nu:\n  a: 2\n", "t.a", 5),
        ("t:\n  a: yes\nu:\n  a: no\n", "t.a", 2),
        ("l:\n  - a: yes\n  - a: no\n", "l[0].a", 2),
        ("a: on # and\n# a: off\n", "a", 1),
    ],
)
def test_the_last_of_keys_that_stand_twice(tmp_path, text, path, line):
    file = tmp_path / "vars.yml"
    file.write_text(text)
    found = _origin.along(DataLoader().load_from_file(str(file)), path)
    assert found.split(":")[1] == str(line)
