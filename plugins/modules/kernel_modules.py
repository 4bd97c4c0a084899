#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = """
module: kernel_modules
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Load a set of kernel modules in one step, now and at every boot
description:
  - Loads what is not loaded, and writes all names to one file of C(modules-load.d) and their
    options to one of C(modprobe.d). A module that is built in counts as loaded.
  - Fails before anything is changed where the kernel lacks a module, and says which package has
    it and what to plan instead.
  - Remembers which modules it has loaded, so that O(state=absent) unloads these and no others.
attributes:
  check_mode:
    description: Tells what would change, and fails where a module is missing.
    support: full
  diff_mode:
    description: Returns the differences of the files and of the running kernel.
    support: full
options:
  names:
    description:
      - Modules in their order of loading. Required if O(state=present).
    type: list
    elements: str
    default: []
  options:
    description:
      - Parameters by name of the module, such as C(hashsize=262144). They count when the module is
        loaded next.
    type: dict
    default: {}
  state:
    description:
      - V(absent) gives the files back what they held before and unloads what this module has
        loaded and nobody uses.
    type: str
    choices: [present, absent]
    default: present
  path:
    description: File of the names.
    type: path
    default: /etc/modules-load.d/fastpath.conf
  options_path:
    description: File of the options. Without options there is none.
    type: path
    default: /etc/modprobe.d/fastpath.conf
"""

EXAMPLES = """
- name: Load what IPVS needs
  fastpath.k8s.kernel_modules:
    names: [ip_vs, ip_vs_rr, nf_conntrack]
    options:
      nf_conntrack: hashsize=262144
"""

RETURN = """
loaded:
  description: Modules that were, or in check mode would be, loaded.
  returned: success
  type: list
  elements: str
unloaded:
  description: Modules that were, or in check mode would be, unloaded.
  returned: success
  type: list
  elements: str
in_use:
  description: Modules that stay loaded until the next start, as something uses them.
  returned: success
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _modules_kernel,
    _modules_load,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "default": []},
            "options": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "path": {"type": "path", "default": "/etc/modules-load.d/fastpath.conf"},
            "options_path": {"type": "path", "default": "/etc/modprobe.d/fastpath.conf"},
        },
        supports_check_mode=True,
    )
    params = module.params
    kernel = _modules_kernel.Kernel(os.uname().release)

    def run(command: list[str]) -> tuple[int, str, str]:
        # On Debian the folder is not in an ordinary user's PATH.
        command[0] = module.get_bin_path(command[0], required=True, opt_dirs=["/usr/sbin"])
        return module.run_command(command)

    places = (params["path"], params["options_path"])
    try:
        if params["state"] == "absent":
            outcome = _modules_load.absent(*places, kernel, run, module.check_mode)
        else:
            outcome = _modules_load.present(
                params["names"], params["options"], *places, kernel, run, module.check_mode
            )
    except _modules_load.LoadError as error:
        module.fail_json(msg=f"{error}.")
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}")
    module.exit_json(
        changed=outcome.changed,
        loaded=outcome.loaded,
        unloaded=outcome.unloaded,
        in_use=outcome.in_use,
        diff=[
            *(
                {
                    "before_header": path,
                    "after_header": path,
                    "before": _files.printable(before),
                    "after": _files.printable(after),
                }
                for path, (before, after) in outcome.files.items()
                if before != after
            ),
            {
                "before_header": "running kernel",
                "after_header": "running kernel",
                "before": "".join(f"{name}\n" for name in outcome.unloaded),
                "after": "".join(f"{name}\n" for name in outcome.loaded),
            },
        ],
    )


if __name__ == "__main__":
    main()
