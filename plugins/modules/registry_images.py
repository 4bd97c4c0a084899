#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible module: fill the storage of an image registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_images
short_description: Fills the storage of an image registry
version_added: 0.1.0
author:
  - fastpath.k8s contributors (@fastpath)
description:
  - Copies images with C(skopeo) into the file system storage of a C(docker-registry), through a
    registry that listens on the loopback address only and only while this module runs.
    A registry that serves the same storage sees the images at once.
  - Images are stored under their upstream names without the registry's host, the way a containerd
    mirror asks for them.
attributes:
  check_mode:
    support: full
    description: Lists the images that would be copied.
  diff_mode:
    support: none
    description: Layers are not text.
options:
  storage:
    description: Root directory of the registry's file system driver.
    type: path
    required: true
  images:
    description: Images that the storage shall hold.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Full upstream reference, V(registry.k8s.io/pause:3.10).
        type: str
        required: true
      source:
        description:
          - Where skopeo reads it, such as V(oci:/path:reference).
          - Without it the image is read from the registry that its name says.
        type: str
  architecture:
    description: Architecture to copy of an image that has several.
    type: str
    default: amd64
requirements:
  - skopeo
  - docker-registry
"""

EXAMPLES = r"""
- name: Fill the registry
  fastpath.k8s.registry_images:
    storage: /srv/mirror/registry
    images:
      - name: registry.k8s.io/pause:3.10
      - name: registry.k8s.io/etcd:3.6.8-0
        source: oci:/srv/images:registry.k8s.io/etcd:3.6.8-0
"""

RETURN = r"""
copied:
  description: References that were copied, or would be in check mode.
  returned: success
  type: list
  elements: str
"""

import json
import os
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _registry_store as store

START_SECONDS = 60


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def loopback_registry(module, storage):
    """Run a registry over the storage for as long as the context lasts; yield its address."""
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        "http": {"addr": address},
    }
    # A registry takes settings from any REGISTRY_ variable, so it is given none.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_")}
    with tempfile.TemporaryDirectory() as scratch:
        # JSON is YAML.
        config = Path(scratch) / "config.yml"
        config.write_text(json.dumps(settings))
        program = module.get_bin_path("docker-registry", required=True)
        with open(Path(scratch) / "log", "w+b") as log:
            server = subprocess.Popen(
                [program, "serve", str(config)], env=environment, stdout=log, stderr=log
            )
            try:
                wait_for(module, server, address, log)
                yield address
            finally:
                server.terminate()
                server.wait()


def wait_for(module, server, address, log) -> None:
    """Return when the registry answers; fail with its own words when it ends instead."""
    host, port = address.split(":")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            log.seek(0)
            said = log.read().decode(errors="replace").strip()[-500:]
            module.fail_json(msg=f"docker-registry ended as soon as it was started: {said}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)
    module.fail_json(msg=f"docker-registry did not listen on {address} for {START_SECONDS} s")


def copy(module, name, source, address) -> None:
    """Copy one image, layers as they are, so that its digest stays what it is upstream."""
    command = [
        module.get_bin_path("skopeo", required=True),
        "--override-os=linux",
        f"--override-arch={module.params['architecture']}",
        "copy",
        "--quiet",
        "--retry-times=3",
        "--preserve-digests",
        "--dest-tls-verify=false",
        source,
        f"docker://{address}/{name.repository}:{name.tag}",
    ]
    code, _output, errors = module.run_command(command)
    if code != 0:
        module.fail_json(msg=f"{name} cannot be copied from {source}: {errors.strip()}")


def main() -> None:
    """Copy what is missing."""
    module = AnsibleModule(
        argument_spec={
            "storage": {"type": "path", "required": True},
            "images": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "source": {"type": "str"},
                },
            },
            "architecture": {"type": "str", "default": "amd64"},
        },
        supports_check_mode=True,
    )
    storage = Path(module.params["storage"])
    try:
        wanted = [
            (store.parse(image["name"]), image["source"] or f"docker://{image['name']}")
            for image in module.params["images"]
        ]
        missing = [
            (name, source) for name, source in wanted if not store.is_stored(storage, source, name)
        ]
    except ValueError as error:
        module.fail_json(msg=str(error))
    if missing and not module.check_mode:
        storage.mkdir(parents=True, exist_ok=True)
        with loopback_registry(module, storage) as address:
            for name, source in missing:
                copy(module, name, source, address)
    module.exit_json(changed=bool(missing), copied=[str(name) for name, _source in missing])


if __name__ == "__main__":
    main()
