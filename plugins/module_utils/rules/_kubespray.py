# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads variables of Kubespray. Private to the collection.

Names and values as of Kubespray 2.31 (kubernetes-sigs/kubespray, inventory/sample/group_vars,
docs/ansible/vars.md, and defaults/main.yml of the roles that tables name).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _credentials
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Unreadable

#: What Kubespray takes for true: Ansible's filter bool.
_TRUE = ("true", "yes", "on", "y", "t", "1")


class Given(NamedTuple):
    """The variables of one host, as tables ask for them."""

    variables: Mapping[str, Any]
    #: The pod network that Kubespray's variables are meant for.
    network: str = "calico"
    #: What routes services according to the plan.
    service_proxy: str = "ipvs"
    #: Whether all hosts have the same peers.
    peers_of_all: bool = False

    def get(self, name: str) -> Any:
        """Return the value of *name*, None where it is not set or cannot be evaluated."""
        value = self.variables.get(name)
        if value is None or isinstance(value, Unreadable):
            return None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, name: str) -> str:
        """Return the value of *name* in lower case, an empty string where it is not set."""
        value = self.get(name)
        return "" if value is None else str(value).strip().lower()

    def on(self, name: str, default: bool = False) -> bool:
        """Return whether *name* is true."""
        text = self.text(name)
        return text in _TRUE if text else default

    @property
    def ipv6_only(self) -> bool:
        """Return whether the cluster has IPv6 and no IPv4."""
        return self.on("ipv6_stack") and not self.on("ipv4_stack", True)


#: Returns what a counterpart would have for the same meaning; None where nothing is to be done.
Convert = Callable[[Any, Given], Any]


class Entry(NamedTuple):
    """A variable of Kubespray that means something here.

    ``counterpart`` is the variable to set, ``path`` the keys in it where it is a dictionary of
    further values. ``convert`` gives its value. ``network`` limits the entry to one pod network.
    ``secret`` is for a value that often has a password, which no message has then.
    ``why`` says what becomes of it where there is no counterpart, or no value of the same meaning;
    ``fix`` is what to do then.
    """

    name: str
    counterpart: str = ""
    convert: Convert = lambda value, _given: value
    path: str = ""
    network: str = ""
    level: str = "warning"
    why: str = ""
    fix: str = ""
    secret: bool = False


def items(value: Any) -> list[str]:
    """Return the items of a list, also of one that a template has written as text."""
    if isinstance(value, str):
        value = [part.strip(" '\"") for part in value.strip("[] \n").split(",")]
    return [str(item) for item in value if str(item)] if isinstance(value, (list, tuple)) else []


def flag(value: Any, _given: Given) -> bool:
    """Return *value* as Ansible's filter bool does."""
    return str(value).strip().lower() in _TRUE


def unless(*usual: Any) -> Convert:
    """Return a conversion for values that are kept, but those that mean what Kubespray has."""

    def convert(value: Any, _given: Given) -> Any:
        plain = str(value).strip().lower()
        return None if plain in {str(item).lower() for item in usual} else value

    return convert


def given_as(value: Any, secret: bool = False) -> str:
    """Return a value as a message has it; what is inside of a container may be a secret."""
    if secret or isinstance(value, (dict, list, tuple, set, bytes)):
        return "set"
    if isinstance(value, bool):
        return as_yaml(value)
    # What is cut first may have lost the end by which a password is recognised.
    return _credentials.of_value(str(value))[:60]


def _plain(value: Any) -> Any:
    """Return *value* as JSON can have it: YAML also reads dates, bytes and sets."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)


def as_yaml(value: Any) -> str:
    """Return *value* as one writes it in YAML, on one line, without passwords of addresses."""
    value = _credentials.within(value)
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
        return json.dumps(_plain(value))
    text = str(value)
    number = re.fullmatch(r"\d*\.\d*", text)
    plain = re.fullmatch(r"[\w./:+-]+", text) and not text.endswith(":")
    return text if plain and not number else json.dumps(text)
