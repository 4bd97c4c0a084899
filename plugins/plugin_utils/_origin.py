# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a value stands. Private to the collection."""

from __future__ import annotations

import os
from typing import Any

try:
    from ansible._internal._datatag._tags import Origin
    from ansible.module_utils._internal._datatag import AnsibleTagHelper
except ImportError:
    # Tags are no public interface: without them problems are told without a line.
    Origin = None


def copy(source: Any, value: Any) -> Any:
    """Return *value* with the origin of *source*."""
    return value if Origin is None else AnsibleTagHelper.tag_copy(source, value)


def of(value: Any) -> str | None:
    """Return file, line and column of *value*, as Ansible remembers them, or None."""
    tag = Origin.get_tag(value) if Origin is not None and value is not None else None
    if tag is None or tag.path is None:
        return None
    path = os.path.relpath(tag.path)
    # Deep below another folder, the full path is the shorter way.
    path = tag.path if path.startswith("../../..") else path
    numbers = [str(number) for number in (tag.line_num, tag.col_num) if number]
    return ":".join([path, *numbers])
