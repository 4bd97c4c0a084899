#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: validate
short_description: Checks the whole inventory before a host is touched
version_added: 0.1.0
author:
  - fastpath.k8s contributors (@fastpath)
description:
  - Reads the variables of every host of the inventory on the controller, checks them against the
    rules of the field and against each other, and prints each problem on a line of its own.
  - Writes all problems to C(validate.json) and, where none is an error, the plan to C(plan.json).
  - An error that rests on facts of a fact cache, which this run has not read, is a warning. Role
    C(preflight) asks again once it has read them.
  - Fails if one of them is an error. No host is connected to; the task runs once for all hosts.
attributes:
  check_mode:
    support: full
    description: Reads only. Reports are written in check mode too.
  diff_mode:
    support: none
    description: Changes nothing.
options:
  report_dir:
    description: Folder on the controller that the reports are written to.
    type: path
    default: ./reports
"""

EXAMPLES = r"""
- name: Check the plan
  hosts: all:localhost
  gather_facts: false
  tasks:
    - name: Check every variable
      fastpath.k8s.validate:
        report_dir: ./reports
"""

RETURN = r"""
counts:
  description: Number of problems by their level.
  returned: always
  type: dict
  sample:
    error: 1
    warning: 0
    info: 2
"""
