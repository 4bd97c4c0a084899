# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small text files that are replaced whole. Private to the collection."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress

#: What a file of which only its writer was killed is called, so that the next run can remove it.
TEMPORARY = ".fastpath-"


def below(root: str, path: str) -> str:
    """Return the absolute *path* of a host below the folder where its root directory is."""
    return os.path.join(root, path.lstrip("/"))


def read(path: str) -> str | None:
    """Return the text at *path*, or None where there is no file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def printable(text: str | None) -> str:
    """Return *text* for people: bytes that are no UTF-8 become the replacement character."""
    return (text or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def replace(path: str, text: str | None) -> None:
    """Make *text* the file at *path* in one step; None removes it.

    A reader, or a host that stops, finds the old text or the new one. Mode and owner stay as they
    were; a new file is everybody's to read. Raises OSError for a link, which points at what others
    take care of.
    """
    if os.path.islink(path):
        raise OSError(errno.ELOOP, "is a symbolic link; take it away", path)
    if text is None:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    folder = os.path.dirname(path) or "."
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=TEMPORARY)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        _take_after(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _take_after(path: str, temporary: str) -> None:
    try:
        old = os.stat(path)
    except FileNotFoundError:
        os.chmod(temporary, 0o644)
    else:
        os.chown(temporary, old.st_uid, old.st_gid)
        os.chmod(temporary, stat.S_IMODE(old.st_mode))


def sweep(folder: str) -> None:
    """Remove what a killed run has left in *folder*."""
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.name.startswith(TEMPORARY):
                os.unlink(entry.path)
