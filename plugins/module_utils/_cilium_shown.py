# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values as people may see them. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: What stands in place of a secret, in diffs and on the host.
HIDDEN = "(hidden)"

#: Ends of keys whose strings are secrets in the chart's values: private keys of its certificate
#: authorities and servers, of WireGuard and IPsec, passwords and tokens of what it connects to.
_SECRET = re.compile(r"(?i)(^|[a-z])(key|password|token|secret)$")


def shown(values: Any) -> Any:
    """Return *values*, helm's of any depth, with :data:`HIDDEN` in place of secrets.

    A secret is a string under a key that ends as the chart's do, and every string in a dictionary
    or list under such a key; names of Secrets, numbers and switches are none.
    """
    return _shown(values, secret=False)


def _shown(value: Any, *, secret: bool) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _shown(item, secret=secret or bool(_SECRET.search(str(key))))
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_shown(item, secret=secret) for item in value]
    return HIDDEN if secret and isinstance(value, str) and value else value
