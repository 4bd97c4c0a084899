# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the values of Cilium's chart are derived from, besides the plan."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of filters that derive these values."""

    DOCUMENTATION = r"""
options:
  hosts:
    description: Variables of all hosts, with their facts as far as they are known.
    type: list
    elements: dict
    default: []
  overrides:
    description: Values that are merged over the derived ones.
    type: dict
    default: {}
"""
