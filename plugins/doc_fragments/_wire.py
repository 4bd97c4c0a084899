# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod network puts around packets."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of filters that reckon with MTUs."""

    DOCUMENTATION = r"""
options:
  encapsulation:
    description: Encapsulation of the pod network.
    type: str
    choices: [none, ipip, vxlan, ipip_cross_subnet, vxlan_cross_subnet]
    default: none
  wireguard:
    description: Whether traffic between nodes is encrypted by WireGuard.
    type: bool
    default: false
  family:
    description: Address family of the nodes.
    type: str
    choices: [ipv4, ipv6]
    default: ipv4
"""
