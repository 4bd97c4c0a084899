"""Fits Calico's BIRD templates to a BIRD that knows no tunnels.

Calico's fork of BIRD has an attribute for IP-in-IP that its templates set even where a pool uses no
encapsulation, to nothing. BIRD 1.6 as Debian carries it refuses the whole configuration for that.
"""

from __future__ import annotations

import re

_ASSIGNMENT = re.compile(r'krt_tunnel = "(?P<value>[^"]*)";')


def without_empty_tunnels(template: str) -> str:
    """Return a confd template that sets the tunnel attribute only to the name of a tunnel.

    A pool with IP-in-IP still sets it, and BIRD still refuses it: the lab cannot have such a pool,
    and must not seem to.
    """

    def fitted(match: re.Match[str]) -> str:
        value = match["value"]
        if not value:
            return ""
        variable = value.removeprefix("{{").removesuffix("}}")
        return f"{{{{if {variable}}}}}{match[0]}{{{{end}}}}"

    return _ASSIGNMENT.sub(fitted, template)
