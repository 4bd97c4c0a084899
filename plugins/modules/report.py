#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Writes what was measured as JSON, as a page and as JUnit
version_added: 0.1.0
author:
  - fastpath.k8s contributors (@fastpath)
description:
  - Writes C(<kind>.json), whose keys docs/report.md promises, and C(<kind>.html), a page made of it
    that needs no network and no script, on the controller.
  - Plots of the page need matplotlib on the controller. Without it the page has the figures alone.
  - No host is connected to; the task runs once for all hosts, and does not fail for what was found.
    With C(run_once) all hosts know what it returned, without it only the first.
  - What comes out of a vault is hidden.
attributes:
  check_mode:
    support: full
    description: Reports are no state of a host. They are written in check mode too.
  diff_mode:
    support: none
    description: Changes nothing.
options:
  directory:
    description: Folder on the controller that the report is written to. It is made where missing.
    type: path
    default: ./reports
  kind:
    description: Whether this tells of hosts before a cluster is built, or of a running cluster.
    type: str
    required: true
    choices: [preflight, verify]
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  table:
    description: Rows of a short table, all with the same keys, which are its head.
    type: list
    elements: dict
    default: []
  checks:
    description:
      - What was looked at, with its verdict.
      - C(id), C(host) (null for the whole cluster), C(name) and C(value) are required.
      - C(verdict) is one of V(ok), V(info), V(warning) and V(error).
      - C(threshold), C(message) and C(fix) are texts.
    type: list
    elements: dict
    required: true
  judge_facts:
    description:
      - Whether to judge the whole inventory again, as M(fastpath.k8s.validate) does, and to add a
        check for each problem that only facts show. Facts must have been read before.
    type: bool
    default: false
  ignore:
    description: Ids of problems. Errors of these that O(judge_facts) finds become warnings.
    type: list
    elements: str
    default: []
  distributions:
    description:
      - What was measured many times, with C(name), C(title), C(unit), C(limit) (of the 99th
        percentile, or null) and C(series).
      - A series has C(label), C(buckets) (pairs of an upper bound and a count), C(p50), C(p99),
        C(max) and C(samples). C(p99) is left out of a report where there are fewer than 100
        samples, and C(max) held against the limit in its place.
    type: list
    elements: dict
    default: []
  details:
    description: Raw data, which only the JSON has.
    type: dict
    default: {}
  junit:
    description: Whether to write C(<kind>.junit.xml) too, with a suite for each host.
    type: bool
    default: false
  created:
    description: When it was measured, in ISO 8601. The default is now.
    type: str
"""

EXAMPLES = r"""
- name: Write the report
  fastpath.k8s.report:
    kind: preflight
    cluster: "{{ fastpath_cluster_name }}"
    checks: "{{ checks }}"
  run_once: true
  register: report

- name: Show it
  ansible.builtin.debug:
    msg: "{{ report.text | join('\n') }}"
"""

RETURN = r"""
summary:
  description: Number of hosts, and of checks by their verdict.
  returned: success
  type: dict
  sample:
    hosts: 3
    ok: 61
    info: 0
    warning: 2
    error: 1
ansible_stats:
  description:
    - RV(summary) as C(k8s_preflight) or C(k8s_verify), as M(ansible.builtin.set_stats)
      sets statistics, so that a workflow of AWX hands it to the next job.
  returned: success
  type: dict
text:
  description: The table, a line for each problem, and a sentence that says where the page is.
  returned: success
  type: list
  elements: str
json:
  description: Path of the JSON file.
  returned: success
  type: str
html:
  description: Path of the page.
  returned: success
  type: str
junit:
  description: Path of the JUnit file.
  returned: when O(junit) is true
  type: str
"""
