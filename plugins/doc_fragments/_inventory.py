# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of filters that read an inventory."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of filters that read an inventory."""

    DOCUMENTATION = """
options:
  _input:
    description:
      - C(groups), the names of hosts by group, and C(hosts), the variables by host.
    type: dict
    required: true
"""
