# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: check the whole inventory on the controller. Documented in modules/validate.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible import constants, context
from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan_table, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import Result
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _fact_age, _inventory, _unread
from ansible_collections.fastpath.k8s.plugins.plugin_utils._controller import ControllerAction

_COLOURS = {
    _problems.ERROR: constants.COLOR_ERROR,
    _problems.WARNING: constants.COLOR_WARN,
    _problems.INFO: constants.COLOR_VERBOSE,
}


class ActionModule(ControllerAction):
    """Judges the inventory, and writes the plan down."""

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        outcome = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec({"report_dir": {"type": "path"}})
        extra = frozenset(self._task.get_variable_manager().extra_vars)
        sources = context.CLIARGS.get("inventory") or ()
        groups = (task_vars or {}).get("groups") or {}
        unread = list(_unread.unread(sources, groups, groups.get("all") or []))
        inventory, found = _fact_age.judged(task_vars or {}, self._loader, extra, unread)
        places = _inventory.Places(task_vars or {}, extra)
        origins = {id(problem): places.of(problem, inventory.hosts) for problem in found.problems}
        self._show(found, origins)
        folder = Path(options["report_dir"] or "./reports").expanduser().absolute()
        try:
            _write(folder, found, origins)
        except OSError as error:
            raise AnsibleActionFail(
                f"{error}: set fastpath_report_dir to a folder that can be written."
            ) from error
        # As printed: what many hosts share is one line.
        printed = [problem.level for _line, problem in _problems.lines(found.problems)]
        counts = {level: printed.count(level) for level in _problems.LEVELS}
        outcome.update(
            changed=False,
            counts=counts,
            failed=_problems.has_errors(found.problems),
            msg=f"{_counted(counts)}; all of it stands in {folder / 'validate.json'}.",
        )
        return outcome

    @staticmethod
    def _show(found: Result, origins: dict[int, str | None]) -> None:
        display = Display()
        for line, problem in _problems.lines(found.problems):
            origin = origins[id(problem)]
            display.display(f"{line} ({origin})" if origin else line, _COLOURS[problem.level])
        if found.plan:
            for line in _plan_table.lines(found.plan):
                display.display(line)


def _counted(counts: dict[str, int]) -> str:
    words = {"error": "error", "warning": "warning", "info": "note"}
    return ", ".join(_problems.count(counts[level], words[level]) for level in _problems.LEVELS)


def _write(folder: Path, found: Result, origins: dict[int, str | None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    problems = [{**problem.as_dict(), "origin": origins[id(problem)]} for problem in found.problems]
    _save(folder / "validate.json", problems)
    plan = folder / "plan.json"
    if found.plan is None:
        # A plan that is not carried out must not be taken for the one that is.
        plan.unlink(missing_ok=True)
    else:
        _save(plan, found.plan)


def _save(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
