# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a value stands. Private to the collection."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

try:
    from ansible._internal._datatag._tags import Origin
    from ansible.module_utils._internal._datatag import AnsibleTagHelper
except ImportError:
    # Tags are no public interface: without them problems are told without a line.
    Origin = None

#: The steps of a path such as fastpath_bgp_peers[1].as_number or overrides['net.core.somaxconn'].
_STEP = re.compile(r"^([\w-]+)|\.([\w-]+)|\['([^']*)'\]|\[(\d+)\]")


def copy(source: Any, value: Any) -> Any:
    """Return *value* with the origin of *source*."""
    return value if Origin is None else AnsibleTagHelper.tag_copy(source, value)


def step(key: Any) -> str:
    """Return how a path goes on to *key* of a dictionary."""
    return f".{key}" if re.fullmatch(r"[\w-]+", str(key), re.ASCII) else f"['{key}']"


def _tag(value: Any) -> Any:
    tag = Origin.get_tag(value) if Origin is not None and value is not None else None
    return None if tag is None or tag.path is None else tag


def file(value: Any) -> str | None:
    """Return the file that *value* stands in, or None."""
    tag = _tag(value)
    return None if tag is None else str(tag.path)


def of(value: Any) -> str | None:
    """Return file, line and column of *value*, as Ansible remembers them, or None."""
    tag = _tag(value)
    return None if tag is None else _shown(tag)


def _shown(tag: Any) -> str:
    path = os.path.relpath(tag.path)
    # Deep below another folder, the full path is the shorter way.
    path = tag.path if path.startswith("../../..") else path
    numbers = [str(number) for number in (tag.line_num, tag.col_num) if number]
    return ":".join([path, *numbers])


def _last(key: Any) -> str | None:
    """Return where *key* stands for the last time in its dictionary, whose value counts, or None.

    Of keys that stand twice, Python keeps the first.
    """
    tag = _tag(key)
    if tag is None or not tag.line_num or not tag.col_num:
        return None
    try:
        with open(tag.path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, ValueError):
        return None
    before, again = tag.col_num - 1, None
    same = re.compile(rf"(['\"]?){re.escape(str(key))}\1\s*:(\s|$)")
    for number, line in enumerate(lines[tag.line_num :], tag.line_num + 1):
        text = line.lstrip(" ")
        if not text or text.startswith("#"):
            continue
        if len(line) - len(text) < before:
            break
        if len(line) - len(text) == before and same.match(text):
            again = tag.replace(line_num=number) if hasattr(tag, "replace") else None
    return None if again is None else _shown(again)


def along(variables: Mapping[str, Any], path: str) -> str | None:
    """Return where the last part of *path* stands that is known to stand anywhere, or None.

    For values that carry no tag: booleans and null cannot, and templates that fail have no value.
    What is left then is the key before them. Of a variable that is set in several files, that is
    the key of the first.
    """
    place = None
    here: Any = variables
    for match in _STEP.finditer(path):
        name, index = match[1] or match[2] or match[3], match[4]
        if index is not None and isinstance(here, (list, tuple)) and int(index) < len(here):
            here = here[int(index)]
        elif name is not None and isinstance(here, Mapping) and name in here:
            key = next(key for key in here if key == name)
            place = _last(key) or of(key) or place
            here = here[name]
        else:
            break
        place = of(here) or place
    return place
