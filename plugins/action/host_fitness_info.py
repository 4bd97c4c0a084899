# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: times the module of this name. Documented in modules/host_fitness_info.py."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Looks at the controller's clock before and after, and so knows how far the host's is off."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        outcome = super().run(tmp, task_vars)
        before = time.time()
        outcome.update(self._execute_module(task_vars=task_vars))
        after = time.time()
        host = (outcome.get("fitness") or {}).get("time")
        if host:
            # The host began after `before` and ended before `after`, whatever the way took.
            host["offset_s"] = [
                round(host["end"] - after, 3),
                round(host["start"] - before, 3),
            ]
        return outcome
