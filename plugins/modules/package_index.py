#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible module: sign an APT repository."""

from __future__ import annotations

DOCUMENTATION = r"""
module: package_index
short_description: Turns a folder of Debian packages into a signed APT repository
version_added: 0.1.0
author:
  - fastpath.k8s contributors (@fastpath)
description:
  - Writes the package index, the release file and its signature for the packages below C(pool)
    in O(root), and the public key as C(keyring.asc) beside them.
  - A signing key is created in O(key_home) when there is none. It never leaves that folder.
  - Changes nothing when the signed release file already vouches for exactly these packages.
attributes:
  check_mode:
    support: full
    description: Tells whether the index would change.
  diff_mode:
    support: none
    description: An index is thousands of generated lines.
options:
  root:
    description: Folder that is served. Packages lie below C(pool) in it.
    type: path
    required: true
  key_home:
    description: GnuPG home of the signing key.
    type: path
    required: true
  suite:
    description: What users write as C(Suites).
    type: str
    default: stable
  component:
    description: What users write as C(Components).
    type: str
    default: main
  architecture:
    description: Debian architecture of the packages.
    type: str
    default: amd64
requirements:
  - apt-ftparchive (package apt-utils)
  - gpg
"""

EXAMPLES = r"""
- name: Sign the package index
  fastpath.k8s.package_index:
    root: /srv/mirror/apt
    key_home: /srv/mirror/keys
"""

RETURN = r"""
packages:
  description: Number of packages in the index.
  returned: success
  type: int
"""


from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_index


def main() -> None:
    """Sign the repository that the parameters name."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            # The folder of a key, not a key.
            "key_home": {"type": "path", "required": True, "no_log": False},
            "suite": {"type": "str", "default": "stable"},
            "component": {"type": "str", "default": "main"},
            "architecture": {"type": "str", "default": "amd64"},
        },
        supports_check_mode=True,
    )
    repository = _apt_index.Repository(
        root=Path(module.params["root"]),
        suite=module.params["suite"],
        component=module.params["component"],
        architecture=module.params["architecture"],
        key_home=Path(module.params["key_home"]),
    )
    if not (repository.root / "pool").is_dir():
        module.exit_json(changed=True, packages=0)

    def run(command, directory):
        _code, output, _errors = module.run_command(
            list(command), cwd=str(directory), check_rc=True, encoding=None
        )
        return output

    index = _apt_index.packages_index(repository, run)
    changed = not _apt_index.is_current(repository, index)
    if changed and not module.check_mode:
        _apt_index.write(repository, index, run)
    module.exit_json(changed=changed, packages=index.count(b"Package: "))


if __name__ == "__main__":
    main()
