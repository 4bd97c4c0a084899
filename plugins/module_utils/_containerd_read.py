# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a host's containerd and its configuration. Private to the collection."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _containerd,
    _files,
    _kubectl,
    _memory,
)

Execute = Callable[..., _kubectl.Result]


def memory(root: str) -> dict[str, Any]:
    """Return what earlier runs have set, see _containerd.fit."""
    return _memory.Memory("containerd", root).load()


def _pristine(text: str, execute: Execute) -> bool:
    """Say whether config.toml is as its package brought it."""
    owner = execute(["dpkg-query", "--search", _containerd.CONFIG], timeout=60)
    package = owner.stdout.partition(":")[0].strip()
    if owner.rc or not package:
        return False
    listed = execute(["dpkg-query", "--show", "--showformat=${Conffiles}", package], timeout=60)
    content = text.encode("utf-8", "surrogateescape")
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return any(
        line.split()[:2] == [_containerd.CONFIG, digest] for line in listed.stdout.splitlines()
    )


def _patterns(path: str, text: str) -> list[str]:
    imports = _containerd.parsed(path, text).get("imports") or []
    folder = os.path.dirname(path)
    return [
        os.path.normpath(os.path.join(folder, name)) for name in imports if isinstance(name, str)
    ]


def _imported(root: str, text: str) -> list[tuple[str, str]]:
    """Return path and text of the files that config.toml imports, as containerd reads them."""
    found: list[tuple[str, str]] = []
    done = {_containerd.CONFIG, _containerd.MERGED}
    # The folder of drop-ins is imported from now on.
    patterns = [*_patterns(_containerd.CONFIG, text), _containerd.DROP_INS]
    while patterns:
        pattern = patterns.pop(0)
        paths = [pattern]
        if "*" in pattern:
            paths = [
                os.path.join("/", os.path.relpath(name, root))
                for name in sorted(glob.glob(_files.below(root, pattern)))
            ]
        for path in paths:
            content = None if path in done else _files.read(_files.below(root, path))
            done.add(path)
            if content is not None:
                found.append((path, content))
                patterns += _patterns(path, content)
    return found


def read(root: str, execute: Execute) -> _containerd.Found:
    """Return what a host has.

    ConfigError where a file is no TOML, OSError where one cannot be read.
    """
    config = _files.read(_files.below(root, _containerd.CONFIG))
    # What was set before is no package's.
    pristine = config is not None and not memory(root) and _pristine(config, execute)
    done = execute(["containerd", "--version"], timeout=60)
    return _containerd.Found(
        version=_containerd.parse_version(done.stdout) if done.rc == 0 else None,
        config=config or "",
        imported=_imported(root, "" if pristine else config or ""),
        pristine=pristine,
        hosts=_files.read(_files.below(root, _containerd.HOSTS)),
    )


def problems(root: str, execute: Execute, image_repository: str) -> list[str]:
    """Return why the host's own configuration does not go with the collection's."""
    wanted = _containerd.Wanted(image_repository=image_repository)
    try:
        _containerd.fit(read(root, execute), wanted, memory(root))
    except _containerd.ConfigError as error:
        return error.problems
    except OSError as error:
        return [f"{error.filename}: {error.strerror}."]
    return []
