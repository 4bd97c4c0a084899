# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which release of the collection this is. Private to the collection."""

from __future__ import annotations

import json
from pathlib import Path

#: Of the collection: this file's folder is plugins/plugin_utils/report.
_ROOT = Path(__file__).parents[3]


def version(root: Path = _ROOT) -> str:
    """Return the version: of an installed collection's manifest, or of a clone's galaxy.yml."""
    try:
        manifest = json.loads((root / "MANIFEST.json").read_text(encoding="utf-8"))
        return str(manifest["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        lines = (root / "galaxy.yml").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("version:")]
    return found[0] if found else ""
