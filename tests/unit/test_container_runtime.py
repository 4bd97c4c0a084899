"""What containerd is told to start containers with."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
import tomllib

TEMPLATES = Path(__file__).resolve().parents[2] / "roles/container_runtime/templates"


@pytest.mark.parametrize(("chosen", "written"), [("runc", {"runc"}), ("crun", {"runc", "crun"})])
def test_pods_get_the_program_that_was_chosen(chosen, written):
    # As Ansible renders it.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    text = environment.get_template("config.toml.j2").render(
        container_runtime_oci_runtime=chosen,
        container_runtime_pause_image="registry.k8s.io/pause:3.10.2",
        container_runtime_cni_bin_dir="/opt/cni/bin",
    )
    found = tomllib.loads(text)["plugins"]["io.containerd.grpc.v1.cri"]
    runtimes = found["containerd"]["runtimes"]
    assert found["containerd"]["default_runtime_name"] == chosen
    assert set(runtimes) == written
    for name, runtime in runtimes.items():
        assert runtime["options"] == {"BinaryName": name, "SystemdCgroup": True}
    assert found["sandbox_image"] == "registry.k8s.io/pause:3.10.2"
    assert found["registry"]["config_path"] == "/etc/containerd/certs.d"
