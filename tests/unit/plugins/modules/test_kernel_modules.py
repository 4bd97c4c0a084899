"""What the module asks of the core."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import _modules_load
from ansible_collections.fastpath.k8s.plugins.modules import kernel_modules


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_reaches_the_core(monkeypatch, capsys, tmp_path, state, check):
    asked = []

    def core(*arguments):
        asked.append(arguments[-1])
        before, after = "caf\udce9\n", None
        return _modules_load.Outcome({str(tmp_path): (before, after)}, loaded=["ip_vs"])

    monkeypatch.setattr(_modules_load, state, core)
    arguments = {"state": state, "_ansible_check_mode": check}
    with patch_module_args(arguments), pytest.raises(SystemExit):
        kernel_modules.main()
    result = json.loads(capsys.readouterr().out)
    assert asked == [check]
    assert (result["changed"], result["loaded"]) == (True, ["ip_vs"])
    # Bytes that are no text are shown, and do not end in an error.
    assert result["diff"][0]["before"] == "caf\ufffd\n"
