# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that was cut off has left on a host. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory


class Rest(NamedTuple):
    """What has to be given back before anything else, none of it where no run was cut off."""

    values: dict[str, str]  #: keys of the kernel
    files: dict[str, str | None]  #: texts by path, None for no file
    state: dict[str, Any]  #: what is remembered then


def note(
    values: Mapping[str, str], path: str, texts: tuple[str | None, str | None],
    then: Mapping[str, Any], root: str,
) -> dict[str, Any]:  # fmt: skip
    """Return what has to be known of a change that is about to be made.

    That are the *values* that it is going to replace, the *texts* of its file before and after, and
    what is going to be remembered *then*.
    """
    before, after = texts
    return {
        "boot": _memory.boot_id(root), "values": dict(values), "path": path, "file": before,
        "after": after, "then": dict(then),
    }  # fmt: skip


def rest(state: Mapping[str, Any], root: str) -> Rest:
    """Return what the run has left whose note is in *state*.

    After another start of the kernel its values are gone; if its file stands, that start has
    applied it, and what was missing is only the memory of it.
    """
    others = {key: value for key, value in state.items() if key != "pending"}
    begun = state.get("pending")
    if not begun:
        return Rest({}, {}, others)
    file = {begun["path"]: begun["file"]}
    if begun["boot"] == _memory.boot_id(root):
        return Rest(begun["values"], file, others)
    if _files.read(_files.below(root, begun["path"])) == begun["after"]:
        return Rest({}, {}, begun["then"])
    return Rest({}, file, others)
