#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: packages
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Installs Debian packages and removes none but those it has installed
description:
  - Installs with C(apt-get) what is missing, without recommended packages. Where nothing is missing
    no program is called.
  - Never removes a package for another one. It fails then, in check mode too, and names what would
    be removed.
  - Records in C(/var/lib/fastpath/installed.json), before anything is changed, which packages are
    new and what the folders of a cluster held before its first run. A later run adds to the record
    and overwrites nothing.
  - O(state=absent) removes, with their configuration, packages of the record alone. One that
    another package needs stays.
  - Waits for the locks of dpkg and of apt's lists and archives, and names who holds one for too
    long.
options:
  name:
    description: Packages, as V(name) or V(name=version), where the version may hold asterisks.
    type: list
    elements: str
    required: true
  state:
    description: Whether the packages are installed or removed.
    type: str
    choices: [present, absent]
    default: present
  hold:
    description: Packages that apt must not upgrade by itself. They are held after the installation.
    type: list
    elements: str
    default: []
  update_cache:
    description: Whether apt's indexes are fetched, if a package is missing.
    type: bool
    default: false
  cache_valid_time:
    description: Seconds for which indexes need not be fetched again.
    type: int
    default: 0
  lock_timeout:
    description: Seconds to wait for a lock.
    type: int
    default: 300
  record:
    description: Whether what is installed is recorded, so that O(state=absent) may remove it.
    type: bool
    default: true
  unrecorded:
    description:
      - With O(state=absent), whether packages are removed also from a host without a record, as a
        version of this collection that kept none has left it.
    type: bool
    default: false
attributes:
  check_mode:
    description:
      - Asks apt what it would do. A package of a repository that is not added yet counts as one
        that would be installed.
    support: full
  diff_mode:
    description: Shows packages with their versions.
    support: full
"""

EXAMPLES = r"""
- name: Install a container runtime
  fastpath.k8s.packages:
    name: [containerd, runc]
    update_cache: true
    cache_valid_time: 86400

- name: Remove it where it was not there before
  fastpath.k8s.packages:
    name: [containerd, runc]
    state: absent
"""

RETURN = r"""
installed:
  description: Packages that were, or in check mode would be, installed, with their versions.
  returned: success
  type: dict
removed:
  description: Packages that were, or in check mode would be, removed, with their versions.
  returned: success
  type: dict
kept:
  description: Packages that O(state=absent) leaves, each with the reason.
  returned: success
  type: dict
held:
  description: Packages that were, or in check mode would be, held.
  returned: success
  type: list
  elements: str
reason:
  description:
    - Why it failed. V(removal) where packages of others would be removed, V(held) where another
      version is installed and held, V(lacking) where no repository has a package or its version,
      V(locked) where another program held a lock for too long, V(other) for all else.
  returned: failure
  type: str
offered:
  description: Versions that the repositories have, by package.
  returned: if RV(reason=lacking)
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt, _dpkg, _packages


def shown(packages: dict[str, str]) -> str:
    return "".join(f"{name} {version}".strip() + "\n" for name, version in sorted(packages.items()))


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "hold": {"type": "list", "elements": "str", "default": []},
            "update_cache": {"type": "bool", "default": False},
            "cache_valid_time": {"type": "int", "default": 0},
            "lock_timeout": {"type": "int", "default": 300},
            "record": {"type": "bool", "default": True},
            "unrecorded": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    params, check = module.params, module.check_mode
    apt = _apt.Apt(params["lock_timeout"])
    try:
        if params["state"] == "absent":
            outcome = _packages.absent(
                params["name"], apt, _dpkg.read, check=check, unrecorded=params["unrecorded"]
            )
        else:
            request = _packages.Request(
                params["name"],
                params["hold"],
                params["update_cache"],
                params["cache_valid_time"],
                params["record"],
                check,
            )
            outcome = _packages.present(request, apt, _dpkg.read)
    except _packages.PackageError as error:
        module.fail_json(msg=f"{error}.", reason=error.reason, **error.facts)
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.", reason="other")
    module.exit_json(
        changed=outcome.changed,
        installed=outcome.installed,
        removed=outcome.removed,
        held=outcome.held,
        kept=outcome.kept,
        diff={"before": shown(outcome.removed), "after": shown(outcome.installed)},
    )


if __name__ == "__main__":
    main()
