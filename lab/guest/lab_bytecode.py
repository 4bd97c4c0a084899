# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what Python compiles of zip files, on the lab's machines.

Ansible sends each module as a zip file, of which Python keeps no bytecode. Compiling it takes half
a second at most, but under emulation most of a module's time. `lab_bytecode.pth` imports this at
the start of every Python.
"""

from __future__ import annotations

import marshal
import os
import sys
import zipimport
from types import CodeType

KEPT = "/var/cache/lab-bytecode"

_compile = zipimport._compile_source


def compile_once(pathname: str, source: bytes, kept: str = KEPT) -> CodeType:
    """Compile `source`, or read what an earlier program has compiled of the same bytes.

    A traceback names the zip file of that program. What cannot be read or written is compiled.
    """
    # Not at the top: programs that import nothing from a zip file need not wait for it.
    from importlib.util import source_hash

    name = f"{source_hash(source).hex()}.{sys.implementation.cache_tag}"
    path = os.path.join(kept, name)
    try:
        with open(path, "rb") as file:
            return marshal.load(file)
    except (OSError, EOFError, TypeError, ValueError):
        code = _compile(pathname, source)
    unfinished = f"{path}.{os.getpid()}"
    try:
        os.makedirs(kept, exist_ok=True)
        with open(unfinished, "wb") as file:
            marshal.dump(code, file)
        os.replace(unfinished, path)
    except OSError:
        pass
    return code


zipimport._compile_source = compile_once
