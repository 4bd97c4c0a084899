# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a variable cannot be evaluated. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ansible.errors import AnsibleUndefinedVariable
from jinja2 import Environment, TemplateError, nodes

from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, WARNING
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import encrypted

_JINJA = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])

#: What every template may name (Ansible's documentation, "Special variables" and "Lookups").
_ALWAYS = frozenset({"hostvars", "lookup", "query", "q", "now", "omit", "undef", *_JINJA.globals})

_FACTS = "ansible_facts"

#: Begin with ansible_ as facts do, and are what the inventory says of the way to a host.
_CONNECTION = (
    "ansible_become", "ansible_connection", "ansible_host", "ansible_password", "ansible_port",
    "ansible_ssh_", "ansible_user",
)  # fmt: skip


#: What Ansible says of a host that the inventory does not have, and no more.
_NO_HOST = re.compile(r"hostvars\['(.*)'\]( is undefined)?")


class Reason(NamedTuple):
    """How bad it is that a variable cannot be evaluated, why, and what to do."""

    level: str
    message: str
    fix: str


@cache
def _parsed(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables that a template names, and what it takes out of them by name."""
    try:
        tree = _JINJA.parse(text)
    except TemplateError:
        return frozenset(), frozenset()
    parts = {node.attr for node in tree.find_all(nodes.Getattr)}
    for node in tree.find_all(nodes.Getitem):
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            parts.add(node.arg.value)
    # Names of loops and of set are the template's own. Not by jinja2.meta, which wants to know
    # every filter.
    names = list(tree.find_all(nodes.Name))
    own = {node.name for node in names if node.ctx != "load"}
    return frozenset({node.name for node in names} - own), frozenset(parts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "{" in value:
            yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _named(value: Any) -> set[str]:
    """Return what the templates in *value* name, facts of other hosts among it."""
    found: set[str] = set()
    for names, parts in map(_parsed, _texts(value)):
        found |= names
        if "hostvars" in names:
            found |= {part for part in parts if _is_fact(part)}
    return found


def _is_fact(name: str) -> bool:
    return name.startswith("ansible_") and not name.startswith(_CONNECTION)


def _needed(value: Any, raw: Mapping[str, Any]) -> set[str]:
    """Return what *value* needs, over all variables that its templates name."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        for other in _named(waiting.pop()) - found:
            found.add(other)
            if other not in _ALWAYS:
                waiting.append(raw.get(other))
    return found


def _is_recursion(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, RecursionError):
            return True
        error = error.__cause__
    return False


def _locked(value: Any, needed: Iterable[str], raw: Mapping[str, Any], said: str) -> Reason:
    """Return why something that is encrypted stays so, in Ansible's words or better ones."""
    names = sorted(name for name in needed if encrypted(raw.get(name)))
    who = "is encrypted"
    if names and not encrypted(value):
        who = f"names {names[0]}, which is encrypted"
    add = "Add --ask-vault-pass, or --vault-password-file with the file that holds it."
    if "no vault secrets found" in said:
        return Reason(ERROR, f"{who}, and no vault password was given.", add)
    if "no vault secrets were found that could decrypt" in said:
        return Reason(ERROR, f"{who}, and no vault password that was given opens it.", add)
    why = said.rpartition("undecryptable variable: ")[2]
    fix = "Encrypt it anew with ansible-vault encrypt_string."
    return Reason(ERROR, f"{who}, and cannot be decrypted: {why}.", fix)


def reason(
    name: str, value: Any, raw: Mapping[str, Any], error: Exception, secret: bool = False
) -> Reason:
    """Return why *value*, of *name* or a part of it, cannot be evaluated.

    *raw* are all variables of the host. Facts are what a later play may still learn; whatever else
    is missing stays missing. Of a *secret* value Ansible's own words, which may quote it, are not
    told.
    """
    needed = _needed(value, raw)
    if _is_recursion(error):
        loop = sorted(other for other in needed if other in _needed(raw.get(other), raw))
        about = "" if name in loop or not loop else f"{loop[0]}, which refers to "
        return Reason(
            ERROR,
            f"refers to {about}itself.",
            "Write the value itself, or the name of another variable.",
        )
    facts = set() if raw.get(_FACTS) else {other for other in needed if _is_fact(other)} - set(raw)
    if _FACTS in needed and not raw.get(_FACTS):
        facts.add(_FACTS)
    others = needed - facts - set(raw) - _ALWAYS
    if isinstance(error, AnsibleUndefinedVariable) and facts and not others:
        return Reason(
            WARNING,
            "needs facts of a host, and none are known here: no host has been asked. What depends "
            "on it is not judged.",
            "Write the value itself in host_vars to have it judged, or leave it to the later "
            "plays, which read the facts.",
        )
    said = " ".join(str(error).split()).rstrip(".")
    if "undecryptable variable" in said:
        return _locked(value, needed, raw, said)
    host = _NO_HOST.fullmatch(said)
    if host:
        return Reason(
            ERROR,
            f"names host {host[1]}, which the inventory does not have.",
            "Correct the name, or add the host.",
        )
    if said == "'hostvars' is undefined":
        return Reason(
            ERROR,
            "names a variable of another host that names hostvars itself, which Ansible does not "
            "evaluate.",
            "Name the host that has the value, not one in between.",
        )
    if secret:
        said = "it reads what is encrypted, and what Ansible says of it is not shown"
    return Reason(
        ERROR,
        f"cannot be evaluated: {said}.",
        "Correct the expression, or write the value itself.",
    )
