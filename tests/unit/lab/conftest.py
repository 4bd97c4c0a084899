# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def inventory() -> dict[str, Any]:
    """What `ansible-inventory --list` prints for one control-plane node and one worker."""
    common = {
        "lab_name": "test",
        "lab_address": "10.1.0.1/24",
        "lab_cpus": 2,
        "lab_disk_gib": 12,
        "lab_nice": 0,
        "lab_memory_mib": 2048,
        "fastpath_node_interface_mtu": 1500,
        "fastpath_package_repository": "http://10.1.0.1:8080/apt",
        "fastpath_image_repository": "http://10.1.0.1:5000",
    }
    return {
        "_meta": {
            "hostvars": {
                "cp1": {**common, "ansible_host": "10.1.0.11", "lab_memory_mib": 3072},
                "worker1": {**common, "ansible_host": "10.1.0.21"},
            }
        },
        "k8s_cluster": {"children": ["kube_control_plane", "kube_node"]},
        "kube_control_plane": {"hosts": ["cp1"]},
        "kube_node": {"hosts": ["worker1"]},
    }
