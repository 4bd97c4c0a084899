# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of filters that read the variables of a cluster."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of filters that read the variables of a cluster."""

    DOCUMENTATION = """
options:
  _input:
    description: Variables of the collection that are set for the whole cluster, by name.
    type: dict
    required: true
  nodes:
    description: Names of the cluster's nodes, the control plane first.
    type: list
    elements: str
    default: []
"""
