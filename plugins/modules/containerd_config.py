#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: containerd_config
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Configures containerd for kubelet and keeps what a host has of its own
description:
  - Sets the keys that kubelet and this collection need in C(/etc/containerd/config.toml). Keys,
    runtimes, C(imports) and plugins that the host has beside them stay; a value that is replaced is
    reported as a warning, and the file as it was before the first run is kept as
    C(config.toml.before-fastpath).
  - Imports C(/etc/containerd/conf.d/*.toml), in addition to what is imported already. With
    containerd 1, which takes the CRI section of the last import only, sections of imported files
    are merged into a last import, C(/etc/containerd/zz-fastpath.toml).
  - Writes version 2 of the configuration for containerd 1 and version 3 for containerd 2, unless
    the host's own file is of version 2 there. One of version 1 is migrated.
  - Sends image pulls to a mirror by C(certs.d/_default/hosts.toml). A file of that name that is not
    of this collection is kept; with O(image_repository) set, the module then fails before anything
    is changed.
  - Remembers what it has set, so that a later call removes what is not wanted any more, and
    O(state=absent) gives back what was there before.
options:
  oci_runtime:
    description: Program that starts containers, and default runtime. C(runc) stays by its name.
    type: str
    choices: [runc, crun]
    default: runc
  runtimes:
    description:
      - Further runtimes by name, or keys for those above, as containerd's configuration has them.
        C(runtime_type) is by default C(io.containerd.runc.v2), and C(options.SystemdCgroup) then
        true.
    type: dict
    default: {}
  default_runtime:
    description:
      - Name of the default runtime. If it is empty, one that the host's own configuration names,
        unless that is runc or crun, else O(oci_runtime).
    type: str
    default: ""
  pause_image:
    description: Image that holds the namespaces of a pod. Required if O(state=present).
    type: str
    default: ""
  cni_bin_dir:
    description: Folder of CNI plugins.
    type: path
    default: /opt/cni/bin
  image_repository:
    description: URL of a registry that serves every image under its upstream path.
    type: str
    default: ""
  http_proxy:
    description: Proxy of pulls over HTTP. May have credentials, which are not shown.
    type: str
    default: ""
  https_proxy:
    description: Proxy of pulls over HTTPS.
    type: str
    default: ""
  no_proxy:
    description: Hosts, domains and networks that are reached without a proxy.
    type: list
    elements: str
    default: []
  state:
    description: V(absent) gives back what was there before.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Reports what would change.
    support: full
  diff_mode:
    description: Shows the files without passwords, tokens and proxies.
    support: full
"""

EXAMPLES = r"""
- name: Configure containerd with a runtime for GPUs
  fastpath.k8s.containerd_config:
    pause_image: registry.k8s.io/pause:3.10.2
    runtimes:
      nvidia:
        options:
          BinaryName: /usr/bin/nvidia-container-runtime
"""

RETURN = r"""
restart:
  description: Whether containerd has to be restarted; C(hosts.toml) is read at every pull.
  returned: success
  type: bool
backup:
  description: Copy of the host's own configuration from before the first run, empty without one.
  returned: success
  type: str
notes:
  description: Values of the host that were replaced or rank above, a sentence each.
  returned: success
  type: list
  elements: str
"""

import os
import shutil
from contextlib import suppress
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _containerd,
    _containerd_proxy,
    _containerd_read,
    _files,
    _kubectl,
    _memory,
)

#: Root directory of the host.
ROOT = "/"


def _below(path: str) -> str:
    return _files.below(ROOT, path)


def _wanted(params: dict[str, Any]) -> _containerd.Wanted:
    return _containerd.Wanted(**{name: params[name] for name in _containerd.Wanted._fields})


def _same(path: str, before: str | None, after: str | None) -> bool:
    """Say whether two texts mean the same: others format the file in their own way."""
    if before == after:
        # One that nobody changes need not be readable.
        return True
    if before is None or after is None or not path.endswith("config.toml"):
        return False
    return _containerd.parsed(path, before) == _containerd.parsed(path, after)


def _proxy(before: str | None, after: str | None) -> str | None:
    """Return the drop-in of the proxy; one that is not ours stays."""
    if before is not None and not before.startswith(_containerd.HEADER):
        return before
    return after


def _present(params: dict[str, Any], old: dict[str, str | None], memory: dict[str, Any]) -> Any:
    found = _containerd_read.read(ROOT, _kubectl.execute_command)
    result = _containerd.fit(found, _wanted(params), memory)
    proxy = _containerd_proxy.text(params["http_proxy"], params["https_proxy"], params["no_proxy"])
    new = {
        _containerd.MERGED: result.merged,
        _containerd.CONFIG: result.config,
        _containerd.HOSTS: result.hosts,
        _containerd_proxy.PATH: _proxy(old[_containerd_proxy.PATH], proxy),
    }
    return new, result.memory, result.notes, result.backup


def _absent(old: dict[str, str | None], memory: dict[str, Any]) -> Any:
    config, hosts = old[_containerd.CONFIG], old[_containerd.HOSTS]
    if memory and config is not None:
        backup = _files.read(_below(_containerd.BACKUP))
        config = _containerd.taken_back(config, memory, backup)
    new = {
        _containerd.CONFIG: config,
        _containerd.MERGED: None,
        _containerd.HOSTS: None if (hosts or "").startswith(_containerd.HEADER) else hosts,
        _containerd_proxy.PATH: _proxy(old[_containerd_proxy.PATH], None),
    }
    return new, {}, [], False


def _write(path: str, text: str | None) -> None:
    place = _below(path)
    if text is not None:
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        if path == _containerd_proxy.PATH and not os.path.exists(place):
            # It may have the password of the proxy.
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o600))
    _files.replace(place, text)
    if text is None and path in (_containerd.HOSTS, _containerd_proxy.PATH):
        with suppress(OSError):
            os.rmdir(os.path.dirname(place))


def _shown(path: str, text: str | None) -> str:
    if path == _containerd_proxy.PATH and text is not None:
        return "(environment of the proxy)\n"
    return _containerd.redacted(_files.printable(text))


def _carry_out(
    old: dict[str, str | None], new: dict[str, str | None], memory: dict[str, Any], backup: bool
) -> None:
    saved = _memory.Memory("containerd", ROOT)
    with saved.alone():
        if backup and not os.path.exists(_below(_containerd.BACKUP)):
            shutil.copy2(_below(_containerd.CONFIG), _below(_containerd.BACKUP))
        # What a killed run has set is known to the next one.
        if memory:
            saved.save(memory)
        # An import that does not exist keeps containerd from starting.
        last = _containerd.MERGED
        order = sorted(new, key=lambda path: (path == last) == (new[last] is None))
        for path in order:
            if new[path] != old[path]:
                _write(path, new[path])
        if not memory:
            with suppress(FileNotFoundError):
                os.unlink(_below(_containerd.BACKUP))
            saved.forget()


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "oci_runtime": {"type": "str", "choices": ["runc", "crun"], "default": "runc"},
            "runtimes": {"type": "dict", "default": {}},
            "default_runtime": {"type": "str", "default": ""},
            "pause_image": {"type": "str", "default": ""},
            "cni_bin_dir": {"type": "path", "default": "/opt/cni/bin"},
            "image_repository": {"type": "str", "default": ""},
            "http_proxy": {"type": "str", "default": "", "no_log": True},
            "https_proxy": {"type": "str", "default": "", "no_log": True},
            "no_proxy": {"type": "list", "elements": "str", "default": []},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    params = module.params
    present = params["state"] == "present"
    if present and not params["pause_image"]:
        module.fail_json(msg="pause_image is required where state is present.")
    paths = (
        _containerd.CONFIG,
        _containerd.MERGED,
        _containerd.HOSTS,
        _containerd_proxy.PATH,
    )
    memory = _containerd_read.memory(ROOT)
    try:
        old = {path: _files.read(_below(path)) for path in paths}
        new, after, notes, backup = (
            _present(params, old, memory) if present else _absent(old, memory)
        )
        new = {p: old[p] if _same(p, old[p], text) else text for p, text in new.items()}
        changes = [path for path in paths if new[path] != old[path]]
        # Once, when it happens; later runs have them among their results.
        for note in notes if _containerd.CONFIG in changes else ():
            module.warn(f"containerd: {note}.")
        if not module.check_mode and (changes or after != memory):
            _carry_out(old, new, after, backup)
    except _containerd.ConfigError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.")
    # One of a package is nobody's own; it is kept for reset alone.
    there = not after.get("pristine") and (backup or os.path.exists(_below(_containerd.BACKUP)))
    module.exit_json(
        changed=bool(changes),
        restart=any(path != _containerd.HOSTS for path in changes),
        backup=_containerd.BACKUP if there and present else "",
        notes=notes,
        diff=[
            {
                "before": _shown(path, old[path]),
                "after": _shown(path, new[path]),
                "before_header": path,
                "after_header": path,
            }
            for path in changes
        ],
    )


if __name__ == "__main__":
    main()
