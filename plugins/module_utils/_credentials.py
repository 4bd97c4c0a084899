# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the user and the password out of addresses. Private to the collection.

RFC 3986 has none of / @ and white space in them, but people write passwords as they are. So all
before the last @ is hidden: too much rather than a part of a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***@"

_SCHEME = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")

#: Within a text, an address ends at a blank or a quote.
_IN_TEXT = re.compile(r"(?<=//)[^\s\"']*@")

#: What stands behind the last @ of an image that is named by its content.
_DIGEST = re.compile(r"sha\d+:")


def of_url(url: str) -> str:
    """Return an address, also one without a scheme, with its user and password hidden."""
    match = _SCHEME.match(url)
    head = match.group() if match else ""
    _login, at, place = url[len(head) :].rpartition("@")
    return f"{head}{HIDDEN if at else ''}{place}"


def removed(url: str) -> str:
    """Return an address without its user and password."""
    return of_url(url).replace(HIDDEN, "", 1)


def of_value(text: str) -> str:
    """Return *text* as :func:`of_url` does where it may be an address with a password."""
    before, _at, place = text.rpartition("@")
    if "//" in before or (":" in before and not _DIGEST.match(place)):
        return of_url(text)
    return text


def of_text(text: str) -> str:
    """Return a text with the users and passwords of the addresses in it hidden."""
    return _IN_TEXT.sub(HIDDEN, text)


def within(value: Any) -> Any:
    """Return *value* with every string in it as :func:`of_value` does; keys stay."""
    if isinstance(value, str):
        return of_value(value)
    if isinstance(value, Mapping):
        return {key: within(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(within(item) for item in value)
    return value
