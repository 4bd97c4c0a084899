"""README.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.fastpath.k8s.plugins.module_utils._variables import VARIABLES

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_every_variable_of_a_cluster_is_in_the_table():
    named = set(re.findall(r"`(fastpath_\w+)`", README))
    assert named == set(VARIABLES)
