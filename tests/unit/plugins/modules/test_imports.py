"""Modules run on hosts that have Python and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))

#: What the controller has for filters and reports.
ABSENT = ("netaddr", "jmespath", "yaml", "jinja2", "matplotlib", "jsonschema")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_needs_nothing_that_only_the_controller_has(name):
    code = f"""
import sys
sys.modules.update(dict.fromkeys({ABSENT!r}))
import ansible_collections.fastpath.k8s.plugins.modules.{name}
"""
    process = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
