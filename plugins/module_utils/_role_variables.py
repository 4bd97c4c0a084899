# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public variables of the roles, by role. Private to the collection.

tests/unit/test_role_specs.py holds this equal to the roles' meta/argument_specs.yml.
"""

from __future__ import annotations

ROLE_VARIABLES: dict[str, frozenset[str]] = {
    "calico": frozenset(
        {
            "calico_as_number",
            "calico_bgp_peers",
            "calico_control_plane_group",
            "calico_encapsulation",
            "calico_first_control_plane",
            "calico_install_method",
            "calico_manifest_url",
            "calico_mesh",
            "calico_mtu",
            "calico_node_group",
            "calico_operator_manifest_urls",
            "calico_pod_block_size",
            "calico_pod_cidr",
            "calico_probe_period",
            "calico_route_reflectors",
            "calico_service_proxy",
            "calico_timeout",
            "calico_upstream",
            "calico_version",
            "calico_wireguard",
        }
    ),
    "container_runtime": frozenset(
        {
            "container_runtime_cni_bin_dir",
            "container_runtime_image_repository",
            "container_runtime_package_repository",
            "container_runtime_packages",
            "container_runtime_pause_image",
        }
    ),
    "kernel_modules": frozenset(
        {
            "kernel_modules_congestion_control",
            "kernel_modules_extra",
            "kernel_modules_ipvs_scheduler",
            "kernel_modules_pod_network",
            "kernel_modules_service_proxy",
            "kernel_modules_wireguard",
        }
    ),
    "kubernetes": frozenset(
        {
            "kubernetes_cluster_name",
            "kubernetes_control_plane_endpoint",
            "kubernetes_control_plane_group",
            "kubernetes_extra_args",
            "kubernetes_first_control_plane",
            "kubernetes_kube_proxy_config",
            "kubernetes_max_pods",
            "kubernetes_node_group",
            "kubernetes_node_ip",
            "kubernetes_node_name",
            "kubernetes_node_port_range",
            "kubernetes_packages",
            "kubernetes_patches",
            "kubernetes_pod_block_size",
            "kubernetes_pod_cidr",
            "kubernetes_pod_network",
            "kubernetes_service_cidr",
            "kubernetes_service_proxy",
            "kubernetes_timeout",
            "kubernetes_version",
        }
    ),
    "mirror": frozenset(
        {
            "mirror_address",
            "mirror_architecture",
            "mirror_calico_version",
            "mirror_debian_keyring",
            "mirror_debian_uri",
            "mirror_extra_images",
            "mirror_http_port",
            "mirror_images",
            "mirror_install_tools",
            "mirror_kubernetes_uri",
            "mirror_kubernetes_version",
            "mirror_local_packages",
            "mirror_manifests",
            "mirror_packages",
            "mirror_registry_port",
            "mirror_root",
            "mirror_serve",
            "mirror_suites",
        }
    ),
    "package_repository": frozenset(
        {
            "package_repository_key",
            "package_repository_kubernetes_version",
            "package_repository_timeout",
            "package_repository_upstream",
            "package_repository_url",
        }
    ),
    "preflight": frozenset(
        {
            "preflight_fact_subset",
            "preflight_mirrors",
            "preflight_timeout",
        }
    ),
    "reset": frozenset(
        {
            "reset_cluster_name",
            "reset_confirm",
            "reset_control_plane_group",
            "reset_first_control_plane",
            "reset_packages",
            "reset_sysctl_path",
        }
    ),
    "service_proxy": frozenset(
        {
            "service_proxy_control_plane_group",
            "service_proxy_extra_config",
            "service_proxy_first_control_plane",
            "service_proxy_ipvs_scheduler",
            "service_proxy_ipvs_strict_arp",
            "service_proxy_min_sync_period",
            "service_proxy_mode",
            "service_proxy_pod_cidr",
            "service_proxy_sync_period",
            "service_proxy_timeout",
        }
    ),
    "sysctl": frozenset(
        {
            "sysctl_congestion_control",
            "sysctl_conntrack_max",
            "sysctl_node_port_range",
            "sysctl_overrides",
            "sysctl_path",
            "sysctl_service_proxy",
        }
    ),
    "verify": frozenset(
        {
            "verify_calico_namespace",
            "verify_control_plane_group",
            "verify_encapsulation",
            "verify_first_control_plane",
            "verify_image",
            "verify_ipvs_scheduler",
            "verify_mesh",
            "verify_mtu",
            "verify_namespace",
            "verify_node_group",
            "verify_pod_cidr",
            "verify_pod_network",
            "verify_report_dir",
            "verify_service_proxy",
            "verify_timeout",
            "verify_wireguard",
        }
    ),
}
