# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: write the report on the controller. Documented in modules/report.py."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.fastpath.k8s.plugins.module_utils import _files
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _fact_age
from ansible_collections.fastpath.k8s.plugins.plugin_utils._controller import ControllerAction
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import HIDDEN, encrypted
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _release, text
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import KINDS, document
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.junit import junit
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.page import page

_OPTIONS = {
    "directory": {"type": "path", "default": "./reports"},
    "kind": {"type": "str", "required": True, "choices": list(KINDS)},
    "cluster": {"type": "str", "required": True},
    "table": {"type": "list", "elements": "dict", "default": []},
    "checks": {"type": "list", "elements": "dict", "required": True},
    "judge_facts": {"type": "bool", "default": False},
    "ignore": {"type": "list", "elements": "str", "default": []},
    "distributions": {"type": "list", "elements": "dict", "default": []},
    "details": {"type": "dict", "default": {}},
    "junit": {"type": "bool", "default": False},
    "created": {"type": "str"},
}


class ActionModule(ControllerAction):
    """Judges what was read, and writes it down."""

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        outcome = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(_OPTIONS)
        folder = Path(options.pop("directory")).expanduser().absolute()
        wants_junit = options.pop("junit")
        ignore = options.pop("ignore")
        if options.pop("judge_facts"):
            extra = frozenset(self._task.get_variable_manager().extra_vars)
            more = _fact_age.checks(task_vars or {}, self._loader, extra, options["checks"], ignore)
            options["checks"] = [*options["checks"], *more]
        try:
            report = document(**_without_secrets(options), collection=_release.version())
        except ValueError as error:
            raise AnsibleActionFail(f"The report cannot be made: {error}") from None
        paths = {name: folder / f"{report['kind']}.{name}" for name in ("json", "html")}
        contents = {
            "json": json.dumps(report, indent=2, ensure_ascii=False) + "\n",
            "html": page(report),
        }
        if wants_junit:
            paths["junit"] = folder / f"{report['kind']}.junit.xml"
            contents["junit"] = junit(report)
        try:
            _make(folder)
            for name, path in paths.items():
                _files.replace(str(path), contents[name])
                path.chmod(0o644)
        except OSError as error:
            # Without a cause, which Ansible would say again.
            raise AnsibleActionFail(
                f"The report cannot be written to {folder}: {error.strerror}. "
                "Set fastpath_report_dir to a folder that can be written."
            ) from None
        outcome.update(
            changed=False,
            summary=report["summary"],
            text=text.lines(report, _near(paths["html"])),
            # As set_stats gives them. A workflow of AWX hands them on as variables: with the prefix
            # of this collection's variables, validate.yml would refuse them in the next job.
            ansible_stats={
                "data": {f"k8s_{report['kind']}": report["summary"]},
                "per_host": False,
                "aggregate": False,
            },
            **{name: str(path) for name, path in paths.items()},
        )
        return outcome


def _without_secrets(value: Any) -> Any:
    """Return *value* with what a vault holds hidden: a report is read by many."""
    if isinstance(value, Mapping):
        return {key: _without_secrets(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_secrets(item) for item in value]
    return HIDDEN if encrypted(value) else value


def _make(folder: Path) -> None:
    """Make *folder* and those above it that are missing, for everybody to read."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        path.chmod(0o755)


def _near(path: Path) -> str:
    """Return *path* as a person at the controller types it."""
    near = os.path.relpath(path)
    return str(path) if near.startswith(os.pardir) else near
