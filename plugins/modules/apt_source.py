#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: apt_refresh
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Fetches the index of one APT source and says what it offers
description:
  - Fetches the index of one source file and leaves those of the host's other sources alone, so
    neither their size nor their
    absence behind an air gap matters.
  - Tells a wrong key, a repository that does not answer and one that is not there apart, each in
    one sentence.
options:
  source:
    description: Source file in deb822 format. Without it nothing is fetched.
    type: path
  uri:
    description: Address of the repository, for messages.
    type: str
    default: ""
  host:
    description: Name of the host, for messages.
    type: str
    default: this host
  packages:
    description: Packages whose versions are returned.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds that fetching may take.
    type: int
    default: 300
attributes:
  check_mode:
    description: Fetches nothing in check mode; reads the index as it is.
    support: full
  diff_mode:
    description: An index is no state of the host that was asked for.
    support: none
"""

EXAMPLES = r"""
- name: Fetch the index
  fastpath.k8s.apt_refresh:
    source: /etc/apt/sources.list.d/fastpath-packages.sources
    packages: [kubelet]
"""

RETURN = r"""
available:
  description: Versions of each package, newest first.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_refresh, _kubectl


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "source": {"type": "path"},
            "uri": {"type": "str", "default": ""},
            "host": {"type": "str", "default": "this host"},
            "packages": {"type": "list", "elements": "str", "default": []},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    source = module.params["source"]
    if source and not module.check_mode:
        update = _kubectl.execute_command(
            [
                "apt-get",
                "update",
                "-o",
                f"Dir::Etc::SourceList={source}",
                "-o",
                "Dir::Etc::SourceParts=-",
                # The indexes of other sources stay.
                "-o",
                "APT::Get::List-Cleanup=false",
                # A repository that cannot be had is an error, not a warning with exit status 0.
                "-o",
                "APT::Update::Error-Mode=any",
                "-o",
                "DPkg::Lock::Timeout=120",
            ],
            timeout=module.params["timeout"],
        )
        if update.rc:
            output = update.stdout + update.stderr
            uri = module.params["uri"] or source
            module.fail_json(msg=_apt_refresh.update_problem(output, uri, module.params["host"]))
    available = {}
    if module.params["packages"]:
        listing = _kubectl.execute_command(
            ["apt-cache", "madison", *module.params["packages"]], timeout=120
        )
        available = _apt_refresh.parse_madison(listing.stdout)
    module.exit_json(changed=False, available=available)


if __name__ == "__main__":
    main()
