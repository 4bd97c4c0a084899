# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns errors of the core into errors that point at the inventory. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleTemplatePluginError


def call(name: str, function: Callable[..., Any], value: Any, *args: Any, **kwargs: Any) -> Any:
    """Return ``function(value, ...)``, naming the filter and the value's origin where that fails.

    The core raises TypeError and ValueError only. An error whose ``value`` attribute is set knows
    the part of the input that is wrong; Ansible then prints file, line and column of that part
    instead of the whole.
    """
    try:
        return function(value, *args, **kwargs)
    except (TypeError, ValueError) as error:
        culprit = getattr(error, "value", None)
        culprit = value if culprit is None else culprit
        raise AnsibleTemplatePluginError(f"fastpath.k8s.{name}: {error}", obj=culprit) from error
