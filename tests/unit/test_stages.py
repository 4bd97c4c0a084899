# SPDX-License-Identifier: GPL-3.0-or-later
"""The sum at the end of all tests counts, and says what failed where all can see it."""

from __future__ import annotations

import subprocess
from pathlib import Path

STAGES = Path(__file__).resolve().parents[2] / ".ci/stages"
MAKEFILE = """\
lint:
\t@echo all is well
unit:
\t@echo '===== 12 passed, 1 skipped in 3.21s ====='
red:
\t@printf 'E   assert 1 == 2\\n===== 2 failed, 10 passed in 3.21s =====\\n'; exit 1
molecule:
\t@printf 'TASK [Before] ***\\nok: [cp1]\\n  \\033[2m│\\033[0m TASK [Read it back] ***\\n'
\t@printf '  \\033[31m│\\033[0m \\033[0;31mfatal: [cp1]: FAILED! => the value did not hold\\n'
\t@seq 100
\t@exit 2
"""


def run(folder: Path, *stages: str) -> tuple[int, str]:
    """Run the stages of a Makefile made for it; return the exit status and the output."""
    (folder / "Makefile").write_text(MAKEFILE)
    done = subprocess.run(
        [STAGES, *stages], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_sum_counts_tests_of_pytest_and_one_for_other_stages(tmp_path: Path) -> None:
    status, output = run(tmp_path, "lint", "unit")
    assert status == 0
    assert output.splitlines()[-1] == "13 passed, 0 failed"
    assert "errors of" not in output


def test_stages_after_a_failed_one_run_and_its_tests_are_counted(tmp_path: Path) -> None:
    status, output = run(tmp_path, "red", "lint")
    assert status == 1
    assert output.splitlines()[-1] == "11 passed, 2 failed"
    assert "E   assert 1 == 2" in output.partition("== errors of red")[2]


def test_a_failed_task_is_named_at_the_end(tmp_path: Path) -> None:
    status, output = run(tmp_path, "molecule", "lint")
    assert status == 1
    end = output.partition("== errors of molecule")[2]
    assert "TASK [Read it back]" in end
    assert "fatal: [cp1]: FAILED! => the value did not hold" in end
    assert "TASK [Before]" not in end
    assert output.splitlines()[-1] == "1 passed, 1 failed"
