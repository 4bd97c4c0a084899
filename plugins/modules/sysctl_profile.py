#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = """
module: sysctl_profile
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Apply a whole set of sysctl values in one step and read it back
description:
  - Writes what differs to the running kernel, reads every key back, and keeps the values in one
    drop-in file.
  - Fails with the list of all keys that the kernel refused or that did not hold. Kernel and file
    then have what they had before. The same holds for a run that is killed.
  - A key that is not wanted any more gets back what it had before it was wanted first. Where the
    kernel does not take that, there is a warning. Each O(path) is a profile of its own.
  - Where a host is to forward IPv6 and has its default route from the advertisements of a router,
    C(accept_ra) of that interface is set to 2, without which the route would expire.
  - Limits and buffers, such as C(net.core.somaxconn), are only ever raised. A larger running value
    is kept, written to the file, and returned as RV(kept).
  - C(net.ipv4.ip_local_reserved_ports) is merged with the ports that the host reserves already.
attributes:
  check_mode:
    description: Previews changes in C(check_mode) without modifying the host.
    support: full
    details:
      - Keys that appear only when a kernel module is loaded are returned as RV(pending).
  diff_mode:
    description: Returns the differences of the file and of the running kernel in diff mode.
    support: full
options:
  path:
    description:
      - The drop-in file, below O(root). Its directory must exist.
    type: path
    default: /etc/sysctl.d/90-fastpath.conf
  values:
    description:
      - Keys and values. Values are numbers or strings; booleans are refused.
      - Required if O(state=present).
    type: dict
  state:
    description:
      - V(present) applies O(values).
      - V(absent) gives the file and every key back what they had before, except for keys that
        somebody else has changed since.
    type: str
    choices: [present, absent]
    default: present
  root:
    description:
      - Root directory of the host, for containers that have it at another place. Keys are below
        C(proc/sys), what was before below C(var/lib/fastpath).
    type: path
    default: /
"""

EXAMPLES = """
- name: Apply a profile
  fastpath.k8s.sysctl_profile:
    values:
      net.ipv4.ip_forward: 1
      net.core.somaxconn: 4096
      net.ipv4.ip_local_reserved_ports: 30000-32767

- name: Forget it
  fastpath.k8s.sysctl_profile:
    state: absent
"""

RETURN = """
path:
  description: The drop-in file.
  returned: always
  type: str
values:
  description: Keys and the values that they have now.
  returned: success
  type: dict
kept:
  description: Keys whose running value is larger than the wanted one and was kept, with that value.
  returned: success
  type: dict
overridden:
  description:
    - Keys that another file, which is read later at the next start, gives another value, with the
      path of that file. There is a warning for each.
  returned: success
  type: dict
pending:
  description: Keys that the kernel does not have yet, in check mode only.
  returned: success
  type: list
  elements: str
released:
  description: Keys that are not wanted any more, with the values that they get back.
  returned: success
  type: dict
left:
  description: A sentence for each key and file that could not be given back.
  returned: success
  type: list
  elements: str
problems:
  description: A sentence for each key that could not be read, was refused, or did not hold.
  returned: failure
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _sysctl_apply


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "default": "/etc/sysctl.d/90-fastpath.conf"},
            "values": {"type": "dict"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "root": {"type": "path", "default": "/"},
        },
        required_if=[("state", "present", ["values"])],
        supports_check_mode=True,
    )
    path, root, check = module.params["path"], module.params["root"], module.check_mode
    try:
        if module.params["state"] == "absent":
            outcome = _sysctl_apply.remove(path, root, check)
        else:
            outcome = _sysctl_apply.apply(module.params["values"], path, root, check)
    except _sysctl_apply.ProfileError as error:
        module.fail_json(msg=f"sysctl: {error}", path=path, problems=error.problems)
    except ValueError as error:
        module.fail_json(msg=f"values: {error}", path=path, problems=[str(error)])
    except OSError as error:
        module.fail_json(msg=f"{error.filename or path}: {error.strerror}", path=path, problems=[])
    if outcome.unfinished:
        module.warn(f"A run of {path} was cut off. What it had begun is taken back first.")
    for sentence in outcome.left:
        module.warn(f"{sentence}.")
    for key, line in outcome.overridden.items():
        module.warn(
            f"{key}: {line.path} is read after {path} and sets {line.value}, which is what the "
            "next start gives. Take the key out there."
        )
    module.exit_json(
        changed=outcome.changed,
        path=path,
        values=outcome.values,
        kept=outcome.kept,
        overridden={key: line.path for key, line in outcome.overridden.items()},
        pending=outcome.pending,
        released={item.key: item.target for item in outcome.released},
        left=outcome.left,
        diff=[
            {
                "before_header": path,
                "after_header": path,
                "before": _files.printable(outcome.file_before),
                "after": _files.printable(outcome.file_after),
            },
            {
                "before_header": "running kernel",
                "after_header": "running kernel",
                "before": outcome.kernel_text(after=False),
                "after": outcome.kernel_text(after=True),
            },
        ],
    )


if __name__ == "__main__":
    main()
