#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: apt_source
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Adds one APT repository and fetches its index
description:
  - Writes one source file in deb822 format with the repository's key inside and fetches its index.
  - Leaves the indexes of the host's other sources alone, so neither their size nor their absence
    behind an air gap matters.
  - Where apt refuses the repository, the file is put back as it was, so that apt on the host works
    as before.
  - Tells a wrong key, a repository that does not answer and one that is not there apart, each in
    one sentence.
  - Waits while another program holds the lock of apt's package lists, and names that program where
    it does not end.
options:
  path:
    description: Source file.
    type: path
    required: true
  uri:
    description: Address of the repository.
    type: str
    required: true
  suite:
    description: Suite, or a directory, which ends with a slash.
    type: str
    required: true
  components:
    description: Components of the suite.
    type: list
    elements: str
    default: [main]
  key_url:
    description: URL of the repository's public key, ASCII-armoured.
    type: str
    required: true
  host:
    description: Name of the host, for messages.
    type: str
    default: this host
  timeout:
    description: Seconds that fetching may take, and that another program's lock is waited for.
    type: int
    default: 300
attributes:
  check_mode:
    description: Reads the key, and fetches no index.
    support: full
  diff_mode:
    description: Shows the file.
    support: full
"""

EXAMPLES = r"""
- name: Add a mirror
  fastpath.k8s.apt_source:
    path: /etc/apt/sources.list.d/example.sources
    uri: http://mirror.example.com/apt
    suite: stable
    key_url: http://mirror.example.com/apt/keyring.asc
"""

RETURN = r"""
"""

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.urls import open_url

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_lock, _apt_source, _kubectl


def read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(module: AnsibleModule, path: str, text: str | None) -> None:
    """Put *text* in place at once; None removes the file."""
    if text is None:
        os.unlink(path)
        return
    handle, temporary = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    module.atomic_move(temporary, path)
    os.chmod(path, 0o644)


def update(path: str, timeout: int) -> _kubectl.Result:
    return _kubectl.execute_command(
        [
            "apt-get",
            "update",
            *("-o", f"Dir::Etc::SourceList={path}", "-o", "Dir::Etc::SourceParts=-"),
            # The indexes of other sources stay.
            *("-o", "APT::Get::List-Cleanup=false"),
            # A repository that cannot be had is an error, not a warning with exit status 0.
            *("-o", "APT::Update::Error-Mode=any"),
            *("-o", "DPkg::Lock::Timeout=120"),
        ],
        timeout=timeout,
    )


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "uri": {"type": "str", "required": True},
            "suite": {"type": "str", "required": True},
            "components": {"type": "list", "elements": "str", "default": ["main"]},
            "key_url": {"type": "str", "required": True, "no_log": False},
            "host": {"type": "str", "default": "this host"},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    params = module.params
    path, uri = params["path"], params["uri"]
    try:
        key = open_url(params["key_url"], timeout=60).read().decode()
        text = _apt_source.render(uri, params["suite"], params["components"], key)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        module.fail_json(
            msg=f"The key of the APT repository {uri} cannot be had from {params['key_url']} "
            f"({reason}): correct package_repository_key."
        )
    before = read(path)
    if not module.check_mode:
        if text != before:
            write(module, path, text)
        timeout = params["timeout"]
        done, holder = _apt_lock.run(lambda: update(path, timeout), timeout=timeout)
        if holder or done.rc:
            if text != before:
                write(module, path, before)
            module.fail_json(
                msg=_apt_lock.problem(holder, params["host"], timeout)
                if holder
                else _apt_source.update_problem(done.stdout + done.stderr, uri, params["host"])
            )
    module.exit_json(
        changed=text != before,
        diff={
            "before": before or "",
            "after": text,
            "before_header": path,
            "after_header": path,
        },
    )


if __name__ == "__main__":
    main()
